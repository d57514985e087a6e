// How work that waits learns that it should end early: as much of an AbortSignal as anybody here needs, so that a door with a lighter
// one of its own can hand that on.

export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
