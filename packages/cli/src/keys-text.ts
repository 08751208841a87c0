import type { AccessKeyDescription, CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import { table } from "./text-table.ts";

/** A new key, in lines that a shell can pick out as it does those of `berth up`. */
export function createdKeyText(key: CreatedAccessKey): string {
  return `Access key of ${key.principal} (${key.kind}). The secret is not shown again.

export AWS_ACCESS_KEY_ID=${key.accessKeyId}
export AWS_SECRET_ACCESS_KEY=${key.secretAccessKey}`;
}

export function keysText(keys: readonly AccessKeyDescription[]): string {
  if (keys.length === 0) return "There are no access keys.";
  const head = ["ACCESS KEY", "PRINCIPAL", "KIND", "STATUS", "CREATED", "EXPIRES"];
  const rows = keys.map((key) => [
    key.accessKeyId,
    key.principal,
    key.kind,
    key.status,
    key.createdAt,
    key.expiresAt ?? "-",
  ]);
  return table([head, ...rows]).join("\n");
}

export const keyLine = ({ accessKeyId, principal, status }: AccessKeyDescription): string =>
  `${accessKeyId} of ${principal} is ${status}.`;
