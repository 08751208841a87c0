/** What EventBridge answers instead of doing it: one of its error codes, and a text. */
export class EventBridgeRefusal extends Error {
  readonly code: EventBridgeErrorCode;

  constructor(code: EventBridgeErrorCode, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}

export type EventBridgeErrorCode =
  | "InvalidEventPatternException"
  | "LimitExceededException"
  | "ResourceAlreadyExistsException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "UnknownOperationException"
  | "ValidationException";

export const invalid = (message: string) => new EventBridgeRefusal("ValidationException", message);

/** AWS's form where a single member is wrong. */
export const invalidParameter = (name: string, reason: string) =>
  invalid(`Parameter ${name} is not valid. Reason: ${reason}`);

export const notFound = (message: string) =>
  new EventBridgeRefusal("ResourceNotFoundException", message);

export const alreadyExists = (message: string) =>
  new EventBridgeRefusal("ResourceAlreadyExistsException", message);

export const limitExceeded = () =>
  new EventBridgeRefusal(
    "LimitExceededException",
    "The requested resource exceeds the maximum number allowed.",
  );
