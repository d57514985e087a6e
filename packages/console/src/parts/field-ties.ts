// What ties an element of a form to the words around it.

/** How an element is tied to its label, hint and fault. */
export interface Ties {
  readonly id: string;
  readonly name: string;
  readonly 'aria-invalid': 'true' | undefined;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-required': 'true' | undefined;
  readonly disabled: boolean;
}
