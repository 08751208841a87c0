import { Logger } from "@aws-lambda-powertools/logger";

/**
 * Where the edge writes what nobody else is told: one structured entry a call, as a Powertools
 * `Logger` takes it. Never given headers, bodies of requests or credentials.
 */
export interface Log {
  info(message: string, details: LogDetails): void;
  warn(message: string, details: LogDetails): void;
  error(message: string, details: LogDetails): void;
}

export type LogDetails = Readonly<Record<string, unknown>>;

/** One JSON line an entry on standard output, under this name. */
export function createLog(serviceName: string): Logger {
  return new Logger({ serviceName });
}

/** What may be told of an error: the SDK's carry whole requests and responses with them. */
export function describeError(error: unknown): LogDetails {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: { name: error.name, message: error.message, stack: error.stack } };
}
