import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** AWS as moto plays it, on a loopback port of its own. */
export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** The bucket that `sst deploy` makes for code before it deploys anything; named by the mocks. */
const ASSETS = "assets";

/** Starts moto with what an account has before the first deployment. */
export async function startEmulator(): Promise<Emulator> {
  const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    // Roles may only name managed policies that are there.
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill();
    await exited;
  };
  try {
    const url = await urlOf(child.stderr);
    // It tells of every request; a pipe that nobody reads would stop it.
    child.stderr.resume();
    await prepare(url);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function urlOf(output: Readable): Promise<string> {
  let said = "";
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    const [, url] = /Running on (http:\S+)/.exec(said) ?? [];
    if (url) return url;
  }
  throw new Error(`moto_server did not start: ${said}`);
}

async function prepare(url: string): Promise<void> {
  // Functions are not called: they need no containers.
  const config = { lambda: { use_docker: false } };
  await request(`${url}/moto-api/config`, { method: "POST", body: JSON.stringify(config) });
  await request(`${url}/${ASSETS}`, { method: "PUT" });
}

async function request(url: string, init: RequestInit): Promise<void> {
  const { ok, status } = await fetch(url, init);
  if (!ok) throw new Error(`${url} answered ${status}`);
}
