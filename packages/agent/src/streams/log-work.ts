import { setTimeout as delay } from "node:timers/promises";
import type { Channel } from "@berth/contracts/stream/channel";
import { type OutputRecord, packOutput } from "@berth/contracts/stream/output-record";
import type { StreamLink } from "@berth/contracts/stream/stream-link";
import type { LogStream } from "@berth/domain/stream-session";
import type { ContainerStreams } from "./container-streams.ts";
import { logRecords, timeOf } from "./log-records.ts";
import type { FindContainer, StreamCounts, StreamResult, StreamWork } from "./stream-work.ts";

export interface LogParts {
  readonly request: LogStream;
  /** Of the task, in the order of its definition. */
  readonly containers: readonly string[];
  readonly find: FindContainer;
  readonly engine: ContainerStreams;
}

/** How far the log of a container was read. */
interface Place {
  /** Text of the time of the last line. */
  after?: string;
}

/** A container is looked for again so often: one that starts late, or is started again. */
const LOOK_MS = 300;

/** What containers write, a channel for each, every line with its time before it. */
export class LogWork implements StreamWork {
  readonly #parts: LogParts;
  #bytesOut = 0;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  get counts(): StreamCounts {
    return { bytesIn: 0, bytesOut: this.#bytesOut };
  }

  async run(link: StreamLink, unwanted: AbortSignal): Promise<StreamResult> {
    const { request, containers, find } = this.#parts;
    const names = request.container === undefined ? containers : [request.container];
    if (!names.some((name) => find(name))) {
      throw new Error("The instance has nothing of the task any more, and so no logs.");
    }
    link.say({ kind: "ready" });
    await Promise.all(
      names.map(async (name, index) => {
        const channel = link.open(index, name);
        await this.#follow(name, channel, unwanted);
        channel.end();
      }),
    );
    return {};
  }

  /** To its end, or to what there is by now. */
  async #follow(name: string, channel: Channel, unwanted: AbortSignal): Promise<void> {
    const place: Place = {};
    while (!unwanted.aborted) {
      const container = this.#parts.find(name);
      if (container?.dockerId !== undefined) {
        await this.#copy(container.dockerId, { channel, place, unwanted });
      }
      // Looked at before the log was: whatever it wrote until it stopped has been read.
      if (!this.#parts.request.follow || !container || container.phase === "STOPPED") return;
      await delay(LOOK_MS, undefined, { signal: unwanted }).catch(() => undefined);
    }
  }

  async #copy(
    dockerId: string,
    {
      channel,
      place,
      unwanted: signal,
    }: { readonly channel: Channel; readonly place: Place; readonly unwanted: AbortSignal },
  ): Promise<void> {
    const { follow, tail, since } = this.#parts.request;
    const { after } = place;
    const from =
      after === undefined
        ? { ...(since !== undefined && { since }), ...(tail !== undefined && { tail }) }
        : { since: Date.parse(after) };
    const output = await this.#parts.engine.logs(dockerId, { follow, signal, ...from });
    for await (const records of logRecords(output)) {
      const fresh = after === undefined ? records : records.filter((each) => timeOf(each) > after);
      await this.#write(channel, fresh);
      const last = fresh.at(-1);
      if (last) place.after = timeOf(last);
    }
  }

  async #write(channel: Channel, records: readonly OutputRecord[]): Promise<void> {
    if (records.length === 0) return;
    const packed = Buffer.concat(records.map(packOutput));
    this.#bytesOut += packed.length;
    await channel.write(packed);
  }
}
