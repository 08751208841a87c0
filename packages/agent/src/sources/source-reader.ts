import type { SecretReference } from "./secret-reference.ts";

/** What the agent may call AWS with on behalf of one task. */
export interface SourceKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Reads what tasks are made of and no message brings. All of it fails with the service's own error. */
export interface SourceReader {
  /** @param arn Of an object of S3. */
  file(arn: string): Promise<string>;
  secret(reference: SecretReference, region: string): Promise<string>;
  /** @param name Name or ARN of a parameter. */
  parameter(name: string, region: string): Promise<string>;
  close(): void;
}

export type OpenReader = (keys: SourceKeys, signal: AbortSignal) => SourceReader;
