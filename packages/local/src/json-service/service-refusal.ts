/** What an embedded service answers instead of doing it: one of its error codes, and a text. */
export class ServiceRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}
