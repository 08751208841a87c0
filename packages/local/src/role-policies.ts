import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What a role of one machine may do: `roles/NAME.json` in the data directory, an IAM policy document.
 * It is read whenever a task gets keys, so that a change needs no restart.
 *
 * @throws Error where there is such a file and it is no JSON object
 */
export async function rolePolicy(directory: string, name: string): Promise<object | undefined> {
  const path = join(directory, `${name}.json`);
  const text = await readFile(path, "utf8").catch(ignoreMissing);
  if (text === undefined) return undefined;
  const policy: unknown = JSON.parse(text);
  if (typeof policy === "object" && policy !== null) return policy;
  throw new Error(`${path} holds no policy document`);
}

function ignoreMissing(error: unknown): undefined {
  if ((error as { code?: unknown }).code === "ENOENT") return undefined;
  throw error;
}
