import { readFileSync } from "node:fs";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import type {
  AccessKeyDescription,
  AccessKeyPage,
  CreatedAccessKey,
} from "@berth/contracts/rest/access-keys";
import { createdKeyText, keyLine, keysText } from "../keys-text.ts";
import { type RestOptions, say, withBerth } from "../with-berth.ts";

export interface CreateKeyOptions extends RestOptions {
  readonly principal: string;
  readonly administrator?: boolean;
  /** Path of a policy document. */
  readonly policy?: string;
  readonly agent?: boolean;
  readonly expiresAt?: string;
}

export interface ListKeysOptions extends RestOptions {
  readonly temporary: boolean;
}

const PATH = "/v1/access-keys";

/** `berth keys create`. Returns the exit code, as all of these do. */
export async function createKey(options: CreateKeyOptions): Promise<number> {
  const grant = grantOf(options);
  if (grant === undefined) {
    process.stderr.write("Say what the key is for: --administrator, --policy <file> or --agent.\n");
    return EXIT_CODES.usage;
  }
  const { principal, expiresAt } = options;
  const body = { principal, ...grant, ...(expiresAt !== undefined && { expiresAt }) };
  return withBerth(options, async (berth) => {
    const key = (await berth("POST", PATH, body)) as CreatedAccessKey;
    say(options, key, createdKeyText(key));
  });
}

/** `berth keys list`: all of them, page by page. */
export async function listKeys(options: ListKeysOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    const keys: AccessKeyDescription[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({
        temporary: String(options.temporary),
        ...(cursor !== undefined && { cursor }),
      });
      const page = (await berth("GET", `${PATH}?${query.toString()}`)) as AccessKeyPage;
      keys.push(...page.accessKeys);
      cursor = page.next;
    } while (cursor !== undefined);
    say(options, keys, keysText(keys));
  });
}

/** `berth keys disable` and `berth keys enable`. */
export async function switchKey(
  id: string,
  status: AccessKeyDescription["status"],
  options: RestOptions,
): Promise<number> {
  return withBerth(options, async (berth) => {
    const key = (await berth("PATCH", keyPath(id), { status })) as AccessKeyDescription;
    say(options, key, keyLine(key));
  });
}

/** `berth keys delete`. */
export async function deleteKey(id: string, options: RestOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    await berth("DELETE", keyPath(id));
    say(options, { accessKeyId: id, deleted: true }, `${id} is deleted.`);
  });
}

const keyPath = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

function grantOf({ administrator, policy, agent }: CreateKeyOptions): object | undefined {
  if (administrator) return { kind: "administrator" };
  if (agent) return { kind: "agent" };
  if (policy === undefined) return undefined;
  return { kind: "policy", policy: JSON.parse(readFileSync(policy, "utf8")) as unknown };
}
