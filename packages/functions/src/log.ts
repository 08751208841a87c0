import { Logger } from "@aws-lambda-powertools/logger";

/** Where the edge writes what nobody will answer for. Never given headers, bodies or credentials. */
export interface Log {
  info(message: string, details: LogDetails): void;
  warn(message: string, details: LogDetails): void;
  error(message: string, details: LogDetails): void;
}

export type LogDetails = Readonly<Record<string, unknown>>;

/** One JSON line an entry, with the function's name and, on Lambda, the request's id. */
export function createLog(serviceName: string): Log {
  return new Logger({ serviceName });
}

/** What may be told of an error: the SDK's carry whole requests and responses with them. */
export function describeError(error: unknown): LogDetails {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: { name: error.name, message: error.message, stack: error.stack } };
}
