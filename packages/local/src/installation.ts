import { existsSync, readFileSync } from "node:fs";
import type { Installation } from "@berth/contracts/local/installation";
import { writePrivateFile } from "./data-directory.ts";

/**
 * Region and account of this installation: those of the first start, for they are part of every
 * ARN since.
 *
 * @throws Error where another region is wanted now.
 */
export function installation(path: string, wanted: Partial<Installation>): Installation {
  if (!existsSync(path)) {
    const made = {
      region: wanted.region ?? "us-east-1",
      account: wanted.account ?? "000000000000",
    };
    writePrivateFile(path, `${JSON.stringify(made, undefined, 2)}\n`);
  }
  const stored = JSON.parse(readFileSync(path, "utf8")) as Installation;
  refuseIfDifferent("region", stored.region, wanted.region);
  refuseIfDifferent("account", stored.account, wanted.account);
  return stored;
}

function refuseIfDifferent(what: string, stored: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted === stored) return;
  throw new Error(
    `This data directory was made for ${what} ${stored}; ${wanted} would change every ARN in it. ` +
      `Use another --data-dir, or forget this one with "berth down --purge".`,
  );
}
