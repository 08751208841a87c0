import { setTimeout as delay } from "node:timers/promises";
import type { OpenStreamMessage } from "@berth/contracts/stream/frames";
import { STREAM_PARAMETER } from "@berth/contracts/stream/frames";
import { StreamLine } from "@berth/contracts/stream/stream-line";
import type { Log } from "../log.ts";
import { isInternal } from "../pause.ts";
import type { Endpoints } from "../session/endpoints.ts";
import type { SignUrl } from "../session/signing.ts";
import { type OpenSocket, openSocket, sendText, socketUrl } from "../session/socket.ts";
import { containerOf, type ManagedTask } from "../state.ts";
import type { InstanceRecord } from "../state-files.ts";
import type { ContainerStreams } from "./container-streams.ts";
import { NoAnswer } from "../within.ts";
import { ExecWork } from "./exec-work.ts";
import { LogWork } from "./log-work.ts";
import { PortWork } from "./port-work.ts";
import type { StreamResult, StreamWork } from "./stream-work.ts";

export interface StreamServerParts {
  readonly instance: InstanceRecord;
  readonly endpoints: Endpoints;
  readonly sign: SignUrl;
  readonly engine: ContainerStreams;
  /** Whose containers may be led into, and no others. */
  readonly tasks: () => readonly ManagedTask[];
  readonly log: Log;
  readonly signal: AbortSignal;
}

type Asked = OpenStreamMessage["message"];

/** At once. The control plane counts too, but may be late. */
const MAX_SESSIONS = 50;
/** The client hangs up once it has heard everything. */
const DRAIN_MS = 30_000;

/** Serves stream sessions, each on a socket of its own: whatever goes on there keeps no order waiting. */
export class StreamServer {
  readonly #parts: StreamServerParts;
  readonly #open = new Set<string>();

  constructor(parts: StreamServerParts) {
    this.#parts = parts;
  }

  /** Dials for a session that a client waits for. */
  open(asked: Asked): void {
    const { sessionId } = asked;
    const { log } = this.#parts;
    if (this.#open.has(sessionId)) return;
    this.#open.add(sessionId);
    this.#serve(asked)
      .catch((error: unknown) => log.warn("stream-failed", { session: sessionId, error }))
      .finally(() => this.#open.delete(sessionId));
  }

  async #serve(asked: Asked): Promise<void> {
    const { log, signal } = this.#parts;
    const { sessionId, taskArn, request } = asked;
    const socket = await this.#dial(sessionId);
    const { webSocket, closed } = socket;
    const unwanted = new AbortController();
    let over = "";
    const work = this.#open.size > MAX_SESSIONS ? BUSY : this.#workOf(asked);
    const line = new StreamLine({
      socket: { send: (text) => sendText(webSocket, text), close: () => webSocket.close() },
      onOpen: (channel) =>
        work.onOpen ? work.onOpen(channel) : channel.reset("Nothing was to be opened here."),
      onSignal: (said) => (said.kind === "stop" ? unwanted.abort() : work.onSignal?.(said)),
      onOver: (reason) => {
        over = reason;
        unwanted.abort();
      },
    });
    const hangUp = () => line.end("The agent stops.");
    signal.addEventListener("abort", hangUp);
    webSocket.on("message", (data) => line.hear((data as Buffer).toString("utf8")));
    void closed.then(() => line.end("The connection ended."));
    log.info("stream-opened", { session: sessionId, task: taskArn, kind: request.kind });
    const result = { ...(await resultOf(work, line, unwanted.signal)), ...work.counts };
    line.link.say({ kind: "closed", ...result });
    await Promise.race([closed, delay(DRAIN_MS, undefined, { ref: false })]);
    signal.removeEventListener("abort", hangUp);
    line.end("The session is over.");
    log.info("stream-closed", { session: sessionId, over, ...result });
  }

  async #dial(sessionId: string): Promise<OpenSocket> {
    const { instance, endpoints, sign } = this.#parts;
    const url = socketUrl((await endpoints.get()).commands, {
      clusterArn: instance.cluster,
      containerInstanceArn: instance.containerInstanceArn,
      [STREAM_PARAMETER]: sessionId,
    });
    return openSocket(url, sign);
  }

  #workOf({ taskArn, request }: Asked): StreamWork {
    const { engine, log } = this.#parts;
    const task = () => this.#parts.tasks().find(({ arn }) => arn === taskArn);
    const find = (name: string) => {
      const found = isInternal(name) ? undefined : task();
      return found && containerOf(found, name);
    };
    switch (request.kind) {
      case "exec":
        return new ExecWork({ request, find, engine, log });
      case "logs": {
        const names = task()?.containers.map(({ name }) => name) ?? [];
        const containers = names.filter((name) => !isInternal(name));
        return new LogWork({ request, containers, find, engine });
      }
      case "portForward":
        return new PortWork({ request, find, engine });
    }
  }
}

const BUSY: StreamWork = {
  counts: { bytesIn: 0, bytesOut: 0 },
  run: () => Promise.reject(new Error(`The instance has ${MAX_SESSIONS} sessions already.`)),
};

async function resultOf(
  work: StreamWork,
  { link }: StreamLine,
  unwanted: AbortSignal,
): Promise<StreamResult> {
  try {
    return await work.run(link, unwanted);
  } catch (error) {
    // What breaks off because it was to end is no failure.
    return unwanted.aborted ? {} : { reason: reasonOf(error) };
  }
}

/** The engine's own words come with its status. */
function reasonOf(error: unknown): string {
  if (error instanceof NoAnswer) return `The container engine gave ${error.message}.`;
  const { json, message } = error as { readonly json?: { message?: string }; message?: string };
  return (json?.message ?? message ?? String(error)).slice(0, 1_024);
}
