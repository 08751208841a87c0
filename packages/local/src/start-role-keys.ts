import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { createKmsClient } from "@berth/aws/clients";
import { createKmsSealer } from "@berth/aws/kms-sealer";
import { issueRoleKeys } from "@berth/control-plane/access/issue-role-keys";
import { describeError, type Log } from "@berth/functions/log";
import { createStore } from "@berth/store/create-store";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import { KMS_KEY_ID } from "./embedded/kms-server.ts";
import { startSts } from "./embedded/sts-server.ts";
import { type HostOptions, TABLE_NAME } from "./host-options.ts";
import { rolePolicy } from "./role-policies.ts";

const now = () => Date.now();

/** Who gives out the keys of task roles on one machine: keys of Berth's own, for Berth's own API. */
export function startRoleKeys(
  options: HostOptions,
  {
    dynamodb,
    kms,
  }: { readonly dynamodb: DynamoDBClient; readonly kms: ReturnType<typeof createKmsClient> },
  log: Log,
): Promise<Server> {
  const { directory, scope, settings, tableShards: shards } = options;
  const table = createDynamoTable({ client: dynamodb, tableName: TABLE_NAME, shards });
  const issuer = {
    controlPlane: {
      store: createStore(table, { historyMs: settings.historyMs, now, shards }),
      now,
      randomHex: (digits: number) => randomBytes(digits / 2).toString("hex"),
    },
    sealer: createKmsSealer(kms, KMS_KEY_ID),
    issuedBy: `arn:aws:iam::${scope.account}:root`,
    policyOf: (name: string) => rolePolicy(directory.roles, name),
  };
  return startSts(
    directory.stsSocket,
    (role) => issueRoleKeys(issuer, role),
    (roleArn, error) =>
      log.error("A role has no policy that can be read", { roleArn, ...describeError(error) }),
  );
}
