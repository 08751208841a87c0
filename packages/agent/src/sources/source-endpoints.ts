import { defined } from "@berth/domain/defined";
import type { ConfigReader } from "../config-reader.ts";

/** Where services answer that are not at AWS's own place. */
export interface SourceEndpoints {
  readonly s3?: string;
  readonly secretsManager?: string;
  readonly ssm?: string;
}

/** By the names that AWS's SDKs have for them. */
export const readSourceEndpoints = (read: ConfigReader): SourceEndpoints =>
  defined({
    s3: read.url("AWS_ENDPOINT_URL_S3"),
    secretsManager: read.url("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
    ssm: read.url("AWS_ENDPOINT_URL_SSM"),
  });
