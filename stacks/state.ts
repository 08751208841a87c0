import type { Permission } from "./edge.ts";

/** The single table (docs/STORE.md). One machine makes the same one. */
export function state() {
  const table = new sst.aws.Dynamo("State", {
    fields: {
      pk: "string",
      sk: "string",
      dueShard: "string",
      due: "number",
      listPk: "string",
      listSk: "string",
    },
    primaryIndex: { hashKey: "pk", rangeKey: "sk" },
    globalIndexes: {
      due: { hashKey: "dueShard", rangeKey: "due", projection: "keys-only" },
      listing: { hashKey: "listPk", rangeKey: "listSk", projection: "keys-only" },
    },
    ttl: "expiresAt",
    stream: "new-and-old-images",
    deletionProtection: $app.protect,
  });
  const permissions: readonly Permission[] = [
    {
      actions: [
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
      ],
      resources: [table.arn],
    },
    {
      actions: ["dynamodb:Query"],
      resources: [
        table.arn,
        $interpolate`${table.arn}/index/due`,
        $interpolate`${table.arn}/index/listing`,
      ],
    },
  ];
  return { table, tablePermissions: permissions };
}
