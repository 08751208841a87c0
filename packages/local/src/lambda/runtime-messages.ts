/** What a function's process is sent: one invocation at a time, as on Lambda. */
export interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly functionName: string;
  readonly memoryMiB: number;
  /** Epoch ms. */
  readonly deadline: number;
}

/** What it answers: that it is there, and then one message for each invocation. */
export type RuntimeMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "answered"; readonly id: string; readonly result: unknown }
  | { readonly kind: "failed"; readonly id: string; readonly error: string };
