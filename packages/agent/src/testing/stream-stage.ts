import type { Channel } from "@berth/contracts/stream/channel";
import { type LinkSignal, StreamLink } from "@berth/contracts/stream/stream-link";
import type { ContainerState } from "../state.ts";
import type { StreamResult, StreamWork } from "../streams/stream-work.ts";

/** A work of the agent's and the client that it is for, with nothing between them. */
export class StreamStage {
  readonly work: StreamWork;
  readonly client: StreamLink;
  readonly opened: Channel[] = [];
  readonly signals: LinkSignal["kind"][] = [];
  readonly result: Promise<StreamResult>;
  readonly #over = new AbortController();

  constructor(work: StreamWork) {
    this.work = work;
    const agent: StreamLink = new StreamLink({
      send: (frame) => this.client.receive(frame),
      onOpen: (channel) => work.onOpen?.(channel),
      onSignal: (signal) => work.onSignal?.(signal),
    });
    this.client = new StreamLink({
      send: (frame) => agent.receive(frame),
      onOpen: (channel) => this.opened.push(channel),
      onSignal: ({ kind }) => this.signals.push(kind),
    });
    this.result = work.run(agent, this.#over.signal);
    this.result.catch(() => undefined);
  }

  /** The client has gone. */
  end(): void {
    this.#over.abort();
    this.client.fail("over");
  }
}

export const aRunningContainer = (name = "web"): ContainerState => ({
  name,
  phase: "RUNNING",
  dockerId: `docker-${name}`,
});

/** All that comes over a channel, to its end. */
export async function allOf(channel: Channel | undefined): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of channel ?? []) pieces.push(piece);
  return Buffer.concat(pieces);
}
