import { z } from "zod";
import type { Channel } from "./channel.ts";
import { streamFrame, type StreamMessage } from "./frames.ts";
import { StreamFault } from "./stream-fault.ts";
import { type LinkSignal, StreamLink } from "./stream-link.ts";

/** What carries it: a WebSocket. */
export interface LineSocket {
  send(text: string): void;
  close(): void;
}

export interface StreamLineParts {
  readonly socket: LineSocket;
  /** The other end has opened it. */
  readonly onOpen?: (channel: Channel) => void;
  readonly onSignal?: (signal: LinkSignal) => void;
  /** Once: nothing more comes or goes, for this reason. */
  readonly onOver: (reason: string) => void;
}

const PING_MS = 30_000;
/** The other end says something every half a minute. */
const SILENCE_MS = 90_000;
/** So long others may wait for a frame before it counts as lost. */
const LOST_MS = 30_000;
const LOOK_MS = 5_000;

const message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("Stream"), message: streamFrame }),
  z.object({ type: z.literal("StreamEnded"), message: z.object({ reason: z.string() }) }),
]);

/** One end of a stream session on its socket: shows that it is there, and notices where the other is not. */
export class StreamLine {
  readonly link: StreamLink;
  readonly #parts: StreamLineParts;
  readonly #timers: readonly NodeJS.Timeout[];
  #isOver = false;
  #heardAt = Date.now();
  #waiting: { readonly missing: number; readonly since: number } | undefined;

  constructor(parts: StreamLineParts) {
    this.#parts = parts;
    this.link = new StreamLink({
      send: (frame) => {
        const framed: StreamMessage = { type: "Stream", message: frame };
        parts.socket.send(JSON.stringify(framed));
      },
      ...(parts.onOpen && { onOpen: parts.onOpen }),
      ...(parts.onSignal && { onSignal: parts.onSignal }),
    });
    this.#timers = [
      setInterval(() => this.link.say({ kind: "ping" }), PING_MS),
      setInterval(() => this.#look(Date.now()), LOOK_MS),
    ];
  }

  /** Takes one text message of the socket. What is none of the session's, as a gateway's own, says nothing. */
  hear(text: string): void {
    const heard = message.safeParse(parseJson(text));
    if (!heard.success || this.#isOver) return;
    this.#heardAt = Date.now();
    if (heard.data.type === "StreamEnded") return this.end(heard.data.message.reason);
    try {
      this.link.receive(heard.data.message);
    } catch (error) {
      if (!(error instanceof StreamFault)) throw error;
      this.end(error.message);
    }
  }

  /** Lets go of everything. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.link.fail(reason);
    this.#parts.socket.close();
    this.#parts.onOver(reason);
  }

  #look(now: number): void {
    const { missing } = this.link;
    if (missing === undefined) this.#waiting = undefined;
    else if (this.#waiting?.missing !== missing) this.#waiting = { missing, since: now };
    if (this.#waiting && now - this.#waiting.since > LOST_MS) {
      return this.end("Something of the session was lost on its way.");
    }
    if (now - this.#heardAt > SILENCE_MS) {
      this.end(`Nothing was heard of the other end for ${SILENCE_MS / 1_000} s.`);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
