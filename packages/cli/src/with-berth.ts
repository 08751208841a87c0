import { EXIT_CODES } from "@berth/contracts/local/installation";
import { callRest, type RestCall } from "./rest-client.ts";
import { findTarget, type TargetOptions } from "./target.ts";

export interface RestOptions extends TargetOptions {
  readonly json: boolean;
}

/** A call of its REST API, signed; undefined where the answer is empty. */
export type Berth = (method: RestCall["method"], path: string, body?: object) => Promise<unknown>;

/** Does the work with the Berth that is meant. Returns the exit code. */
export async function withBerth(
  options: TargetOptions,
  work: (berth: Berth) => Promise<void>,
): Promise<number> {
  const target = findTarget(options);
  if (!target) return EXIT_CODES.notRunning;
  const { client, endpoint } = target;
  await work((method, path, body) => {
    const url = new URL(path, endpoint);
    return callRest(client, { method, url, ...(body !== undefined && { body }) });
  });
  return EXIT_CODES.ok;
}

/** Prints for people, or the value itself for programs. */
export function say({ json }: RestOptions, value: object, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value, undefined, 2) : text}\n`);
}
