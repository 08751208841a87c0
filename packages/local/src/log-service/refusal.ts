/** What CloudWatch Logs answers instead of doing it: one of its error codes, and a text. */
export class LogsRefusal extends Error {
  readonly code: LogsErrorCode;

  constructor(code: LogsErrorCode, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}

export type LogsErrorCode =
  | "InvalidOperationException"
  | "InvalidParameterException"
  | "LimitExceededException"
  | "ResourceAlreadyExistsException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "UnknownOperationException";

export const invalid = (message: string) => new LogsRefusal("InvalidParameterException", message);

export const noLogGroup = () =>
  new LogsRefusal("ResourceNotFoundException", "The specified log group does not exist.");

export const noLogStream = () =>
  new LogsRefusal("ResourceNotFoundException", "The specified log stream does not exist.");

export const alreadyExists = (what: "log group" | "log stream") =>
  new LogsRefusal("ResourceAlreadyExistsException", `The specified ${what} already exists`);
