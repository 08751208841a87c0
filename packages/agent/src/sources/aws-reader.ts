import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { defined } from "@berth/domain/defined";
import { proxiedAgents } from "../proxy.ts";
import type { SecretReference } from "./secret-reference.ts";
import type { SourceEndpoints } from "./source-endpoints.ts";
import type { OpenReader, SourceKeys, SourceReader } from "./source-reader.ts";

/** More than fits into the environment of a process. */
const MAX_FILE_BYTES = 1_048_576;

/** Reads from AWS, or from what stands for it. The clients are loaded by who needs them first. */
export const awsReader =
  (region: string, endpoints: SourceEndpoints): OpenReader =>
  (keys, signal) =>
    new AwsReader({ region, endpoints, keys, signal });

interface ReaderParts {
  readonly region: string;
  readonly endpoints: SourceEndpoints;
  readonly keys: SourceKeys;
  readonly signal: AbortSignal;
}

class AwsReader implements SourceReader {
  readonly #parts: ReaderParts;
  readonly #proxied = proxiedAgents();
  readonly #clients: { destroy(): void }[] = [];
  readonly #secretsManagers = new Map<string, Promise<SecretsManagerClient>>();
  readonly #parameterStores = new Map<string, Promise<SSMClient>>();
  #s3: Promise<S3Client> | undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  async file(arn: string): Promise<string> {
    const [, Bucket, Key] = /^arn:[^:]*:s3:[^:]*:[^:]*:([^/]+)\/(.+)$/s.exec(arn) ?? [];
    if (Bucket === undefined || Key === undefined) throw new Error("it is no ARN of an S3 object");
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    this.#s3 ??= this.#openS3();
    const client = await this.#s3;
    const command = new GetObjectCommand({ Bucket, Key });
    return textOf(await client.send(command, { abortSignal: this.#parts.signal }));
  }

  async secret(reference: SecretReference, region: string): Promise<string> {
    const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
    const client = await once(this.#secretsManagers, region, () => this.#openSecrets(region));
    const { secretId: SecretId, versionStage: VersionStage, versionId: VersionId } = reference;
    const command = new GetSecretValueCommand({
      SecretId,
      ...defined({ VersionStage, VersionId }),
    });
    const { SecretString } = await client.send(command, { abortSignal: this.#parts.signal });
    if (SecretString === undefined) throw new Error("the secret is binary");
    return SecretString;
  }

  async parameter(name: string, region: string): Promise<string> {
    // In the plural, because that is what execution roles may call.
    const { GetParametersCommand } = await import("@aws-sdk/client-ssm");
    const client = await once(this.#parameterStores, region, () => this.#openParameters(region));
    const command = new GetParametersCommand({ Names: [name], WithDecryption: true });
    const { Parameters = [] } = await client.send(command, { abortSignal: this.#parts.signal });
    const value = Parameters[0]?.Value;
    if (value === undefined) throw new Error("there is no such parameter");
    return value;
  }

  close(): void {
    // With a proxy the connections are everybody's.
    if ("requestHandler" in this.#proxied) return;
    for (const client of this.#clients) client.destroy();
  }

  async #openS3(): Promise<S3Client> {
    const { S3Client } = await import("@aws-sdk/client-s3");
    const endpoint = this.#parts.endpoints.s3;
    return this.#kept(
      new S3Client({
        ...this.#config(this.#parts.region, endpoint),
        // The bucket may be anywhere. A name before another host would not be found there.
        followRegionRedirects: true,
        forcePathStyle: endpoint !== undefined,
      }),
    );
  }

  async #openSecrets(region: string): Promise<SecretsManagerClient> {
    const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    const endpoint = this.#parts.endpoints.secretsManager;
    return this.#kept(new SecretsManagerClient(this.#config(region, endpoint)));
  }

  async #openParameters(region: string): Promise<SSMClient> {
    const { SSMClient } = await import("@aws-sdk/client-ssm");
    return this.#kept(new SSMClient(this.#config(region, this.#parts.endpoints.ssm)));
  }

  #config(region: string, endpoint: string | undefined) {
    return {
      region,
      credentials: this.#parts.keys,
      ...defined({ endpoint }),
      ...this.#proxied,
    };
  }

  #kept<Client extends { destroy(): void }>(client: Client): Client {
    this.#clients.push(client);
    return client;
  }
}

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}

async function textOf({ Body, ContentLength = 0 }: GetObjectCommandOutput): Promise<string> {
  if (ContentLength > MAX_FILE_BYTES) throw new Error(`it is longer than ${MAX_FILE_BYTES} bytes`);
  return (await Body?.transformToString("utf8")) ?? "";
}
