/** Restarting will not help: whoever supervises the agent must not. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}
