import type { Duplex } from "node:stream";
import type { Channel } from "@berth/contracts/stream/channel";
import { packOutput } from "@berth/contracts/stream/output-record";
import type { LinkSignal, StreamLink } from "@berth/contracts/stream/stream-link";
import type { ExecStream } from "@berth/domain/stream-session";
import type { Log } from "../log.ts";
import type { ContainerStreams, RunningExec } from "./container-streams.ts";
import { paced } from "./paced.ts";
import {
  feed,
  type FindContainer,
  runningId,
  type StreamCounts,
  type StreamResult,
  type StreamWork,
} from "./stream-work.ts";

export interface ExecParts {
  readonly request: ExecStream;
  readonly find: FindContainer;
  readonly engine: ContainerStreams;
  readonly log: Log;
}

/** A program in a container. Channel 0 is its input, and its output as the engine multiplexes it. */
export class ExecWork implements StreamWork {
  readonly #parts: ExecParts;
  #exec: RunningExec | undefined;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(parts: ExecParts) {
    this.#parts = parts;
  }

  get counts(): StreamCounts {
    return { bytesIn: this.#bytesIn, bytesOut: this.#bytesOut };
  }

  onSignal(signal: LinkSignal): void {
    // One that has just ended has no size any more.
    if (signal.kind === "resize") this.#exec?.resize(signal).catch(() => undefined);
  }

  async run(link: StreamLink, unwanted: AbortSignal): Promise<StreamResult> {
    const { request, find, engine } = this.#parts;
    const dockerId = runningId(find(request.container), request.container);
    const exec = await engine.exec(dockerId, request);
    this.#exec = exec;
    // Input that comes after the end of the program is nobody's fault.
    exec.stream.on("error", () => undefined);
    const leave = () => this.#hangUp(exec);
    unwanted.addEventListener("abort", leave);
    if (unwanted.aborted) leave();
    link.say({ kind: "ready" });
    const channel = link.open(0);
    // The program may end, or close its input, while the client still types.
    feed(channel, exec.stream, (count) => (this.#bytesIn += count)).catch(() => undefined);
    await this.#drain(exec.stream, channel);
    unwanted.removeEventListener("abort", leave);
    const exitCode = await exec.exitCode();
    channel.end();
    return exitCode === undefined ? {} : { exitCode };
  }

  async #drain(stream: Duplex, channel: Channel): Promise<void> {
    const { tty } = this.#parts.request;
    for await (const bytes of paced(stream)) {
      this.#bytesOut += bytes.length;
      await channel.write(tty ? packOutput({ source: "stdout", bytes }) : bytes);
    }
  }

  #hangUp(exec: RunningExec): void {
    exec.hangUp().catch((error: unknown) => this.#parts.log.warn("exec-not-ended", { error }));
  }
}
