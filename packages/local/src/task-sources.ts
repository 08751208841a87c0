import { randomUUID } from "node:crypto";
import { createKmsOpener } from "@berth/aws/kms-opener";
import type { createKmsClient } from "@berth/aws/clients";
import {
  createFindAccessKey,
  type FindAccessKey,
} from "@berth/control-plane/access/find-access-key";
import type { Scope } from "@berth/domain/arn";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import { createStore } from "@berth/store/create-store";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { DataDirectory } from "./data-directory.ts";
import { type KmsKey, kmsKey } from "./embedded/kms-key.ts";
import { KMS_KEY_ID } from "./embedded/kms-server.ts";
import { type HostOptions, TABLE_NAME } from "./host-options.ts";
import type { HttpHandler } from "./http/listener.ts";
import { createJsonService } from "./json-service/json-service.ts";
import { SealedFile } from "./json-service/sealed-file.ts";
import { createS3Api } from "./objects/s3-api.ts";
import { type Parameter, PARAMETER_OPERATIONS } from "./parameters/operations.ts";
import { SECRET_OPERATIONS } from "./secrets/operations.ts";
import type { Secret } from "./secrets/secret.ts";

const now = () => Date.now();

/** Who may call the stand-ins, and what they work under. */
export interface SourceServiceParts {
  readonly scope: Scope;
  /** Seals secrets and parameters. */
  readonly key: KmsKey;
  readonly findAccessKey: FindAccessKey;
}

/**
 * Where tasks of one machine have their environment files, secrets and parameters from: stand-ins for
 * S3, Secrets Manager and the Parameter Store, by the names that requests are signed for. They open
 * to Berth's own access keys, by their policies.
 */
export const taskSources = (
  options: HostOptions,
  clients: SourceClients,
): ReadonlyMap<string, HttpHandler> =>
  sourceServices(options.directory, {
    scope: options.scope,
    key: kmsKey(options.directory.kmsKey),
    findAccessKey: keyFinder(options, clients),
  });

/** The same for who brings his own keys. */
export function sourceServices(
  directory: Pick<DataDirectory, "objects" | "secrets" | "parameters">,
  { scope, key, findAccessKey }: SourceServiceParts,
): ReadonlyMap<string, HttpHandler> {
  const secrets = new SealedFile<Secret>(directory.secrets, key);
  const parameters = new SealedFile<Parameter>(directory.parameters, key);
  return new Map([
    ["s3", createS3Api({ directory: directory.objects, scope, now, findAccessKey })],
    [
      "secretsmanager",
      createJsonService({
        service: "secretsmanager",
        title: "Secrets Manager",
        operations: SECRET_OPERATIONS,
        context: { scope, now, newId: () => randomUUID(), secrets },
        findAccessKey,
      }),
    ],
    [
      "ssm",
      createJsonService({
        service: "ssm",
        title: "Parameter Store",
        operations: PARAMETER_OPERATIONS,
        context: { scope, now, parameters },
        findAccessKey,
      }),
    ],
  ]);
}

interface SourceClients {
  readonly dynamodb: DynamoDBClient;
  readonly kms: ReturnType<typeof createKmsClient>;
}

function keyFinder(
  { scope, settings, tableShards: shards, credentials }: HostOptions,
  { dynamodb, kms }: SourceClients,
): FindAccessKey {
  const table = createDynamoTable({ client: dynamodb, tableName: TABLE_NAME, shards });
  const root = {
    ...credentials,
    principalArn: `arn:aws:iam::${scope.account}:root`,
    permissions: ADMINISTRATOR,
    isIssued: false,
  };
  return createFindAccessKey({
    now,
    scope,
    store: createStore(table, { historyMs: settings.historyMs, now, shards }),
    opener: createKmsOpener(kms, KMS_KEY_ID),
    builtIn: new Map([[credentials.accessKeyId, root]]),
  });
}
