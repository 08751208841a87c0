import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { INSTALL_COMMANDS, type StartMethod } from "./decide.ts";
import { type EngineProbe, findEngine } from "./find-engine.ts";

/** Installs the distribution's engine. Its own output goes to standard error, never to a prompt. */
export async function installEngine(): Promise<void> {
  for (const command of INSTALL_COMMANDS) await run(command);
}

/**
 * Runs one command line without a shell. Standard output is kept for what the caller prints.
 *
 * @throws Error where it does not end with 0.
 */
export async function run(commandLine: string, options: { cwd?: string } = {}): Promise<void> {
  const [program = "", ...args] = commandLine.split(" ");
  const child = spawn(program, args, {
    ...options,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`"${commandLine}" ended with ${code}.`);
}

const DOCKERD_LOG = "/var/log/dockerd.log";
const START_TIMEOUT_MS = 60_000;

/** Starts an installed engine and waits until it answers. It runs on when Berth ends. */
export async function startEngine(
  how: StartMethod,
  addresses: readonly string[],
): Promise<EngineProbe & { kind: "answers" }> {
  if (how === "systemd") {
    await run("systemctl start docker");
    return waitForEngine(addresses, () => undefined);
  }
  // The package's own scripts start it on some machines without systemd.
  if (isAlreadyStarting()) return waitForEngine(addresses, () => undefined);
  const dockerd = startDaemon([], DOCKERD_LOG);
  return waitForEngine(addresses, () => {
    if (dockerd.pid === undefined) return "dockerd cannot be run";
    return dockerd.exitCode === null ? undefined : `dockerd ended with ${dockerd.exitCode}`;
  });
}

const PID_FILE = "/var/run/docker.pid";

function isAlreadyStarting(): boolean {
  if (!existsSync(PID_FILE)) return false;
  const pid = Number(readFileSync(PID_FILE, "utf8"));
  return (
    existsSync(`/proc/${pid}/comm`) && readFileSync(`/proc/${pid}/comm`, "utf8") === "dockerd\n"
  );
}

/** dockerd, detached: with a session of its own, so that neither Ctrl-C nor our end reaches it. */
function startDaemon(args: readonly string[], logFile: string) {
  const log = openSync(logFile, "a", 0o600);
  const child = spawn("dockerd", args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
  });
  closeSync(log);
  child.on("error", () => undefined);
  child.unref();
  return child;
}

/** @throws Error with the end of the log where it died or does not answer in time. */
async function waitForEngine(
  addresses: readonly string[],
  failure: () => string | undefined,
  logFile = DOCKERD_LOG,
): Promise<EngineProbe & { kind: "answers" }> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const probe = await findEngine(addresses);
    if (probe.kind === "answers") return probe;
    const reason = failure();
    if (reason) throw new Error(`${reason}:\n${lastLines(logFile)}`);
    await delay(200);
  }
  throw new Error(`Docker Engine does not answer after ${START_TIMEOUT_MS / 1_000} s.`);
}

function lastLines(path: string): string {
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}
