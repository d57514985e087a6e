// How the element of a field is tied to its label, its hint and what is wrong with it.

export interface Ties {
  readonly id: string;
  readonly name: string;
  readonly 'aria-invalid': 'true' | undefined;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-required': 'true' | undefined;
  readonly disabled: boolean;
  /** The keyboard begins here where the form is in a dialog. */
  readonly 'data-first': '' | undefined;
}
