import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type {
  ContainerStreams,
  ExecProgram,
  LogOutput,
  RunningExec,
  WantedLogs,
} from "../streams/container-streams.ts";
import { beginWithin, within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";

/** An engine, and how long each of its answers is waited for. */
interface Asked {
  readonly docker: Docker;
  readonly limitMs: number;
}

/** Ways into this engine's containers. */
export function dockerStreams(
  docker: Docker,
  limitMs: number = DEADLINE_MS.session,
): ContainerStreams {
  const asked = { docker, limitMs };
  return {
    exec: (dockerId, program) => startExec(asked, dockerId, program),
    logs: (dockerId, wanted) => openLogs(asked, dockerId, wanted),
    address: (dockerId) => addressOf(asked, dockerId),
  };
}

async function startExec(
  { docker, limitMs }: Asked,
  dockerId: string,
  { command, tty }: ExecProgram,
): Promise<RunningExec> {
  const exec = await within(limitMs, (abortSignal) =>
    docker.getContainer(dockerId).exec({
      Cmd: [...command],
      Tty: tty,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      abortSignal,
    }),
  );
  const stream: Duplex = await beginWithin(limitMs, (abortSignal) =>
    exec.start({ hijack: true, stdin: true, Tty: tty, abortSignal }),
  );
  return {
    stream,
    resize: async ({ columns, rows }) => {
      await within(limitMs, (abortSignal) => exec.resize({ w: columns, h: rows, abortSignal }));
    },
    exitCode: () => within(limitMs, (signal) => exitCodeOf(exec, signal)),
    hangUp: async () => {
      stream.destroy();
      await hangUp(exec, { dockerId, limitMs });
    },
  };
}

const LOOKS = 20;
const LOOK_MS = 50;

/** The engine tells of the end of the output before it has noticed the program's. */
async function exitCodeOf(
  exec: Docker.Exec,
  abortSignal: AbortSignal,
): Promise<number | undefined> {
  for (let look = 0; look < LOOKS; look += 1) {
    const { ExitCode, Running } = await exec.inspect({ abortSignal });
    if (!Running) return ExitCode ?? undefined;
    await delay(LOOK_MS);
  }
  return undefined;
}

/** The engine leaves a program alone whose reader has gone. Only where it is seen to be in the container. */
async function hangUp(
  exec: Docker.Exec,
  { dockerId, limitMs }: { readonly dockerId: string; readonly limitMs: number },
): Promise<void> {
  const { Running, Pid } = await within(limitMs, (abortSignal) => exec.inspect({ abortSignal }));
  if (!Running || Pid <= 0) return;
  const cgroups = await readFile(`/proc/${Pid}/cgroup`, "utf8").catch(() => "");
  if (cgroups.includes(dockerId)) process.kill(Pid, "SIGHUP");
}

async function openLogs(asked: Asked, dockerId: string, wanted: WantedLogs): Promise<LogOutput> {
  const { Config } = await inspect(asked, dockerId);
  const stream = await beginWithin(asked.limitMs, (late) =>
    logStream(asked.docker, dockerId, {
      ...wanted,
      signal: AbortSignal.any([wanted.signal, late]),
    }),
  );
  return { stream, isPlain: Config.Tty };
}

const inspect = ({ docker, limitMs }: Asked, dockerId: string) =>
  within(limitMs, (abortSignal) => docker.getContainer(dockerId).inspect({ abortSignal }));

/** The client's own call keeps everything in memory that is not followed. */
function logStream(
  docker: Docker,
  dockerId: string,
  { follow, tail, since, signal }: WantedLogs,
): Promise<IncomingMessage> {
  const options = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    tail: tail === undefined ? "all" : String(tail),
    ...(since !== undefined && { since: since / 1_000 }),
  };
  const request = {
    path: `/containers/${dockerId}/logs?`,
    method: "GET",
    isStream: true,
    abortSignal: signal,
    statusCodes: { 200: true, 404: "no such container", 500: "server error" },
    options,
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  (docker.modem as Dialling).dial(request, (error, stream) => {
    if (stream) resolve(stream);
    else reject(error ?? new Error("the engine answered nothing"));
  });
  return promise;
}

/** The client's transport, as far as it is used; its types do not know it. */
interface Dialling {
  dial(
    request: object,
    done: (error: Error | null | undefined, stream: IncomingMessage | undefined) => void,
  ): void;
}

const HOST = "127.0.0.1";
const OF_CONTAINER = "container:";

async function addressOf(asked: Asked, dockerId: string): Promise<string | undefined> {
  const { HostConfig, NetworkSettings } = await inspect(asked, dockerId);
  const { NetworkMode = "" } = HostConfig;
  if (NetworkMode === "host") return HOST;
  if (NetworkMode.startsWith(OF_CONTAINER)) {
    return addressOf(asked, NetworkMode.slice(OF_CONTAINER.length));
  }
  return Object.values(NetworkSettings.Networks)
    .map(({ IPAddress }) => IPAddress)
    .find((address) => address !== "");
}
