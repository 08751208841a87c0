import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Channel } from "@berth/contracts/stream/channel";
import type { LinkSignal, StreamLink } from "@berth/contracts/stream/stream-link";
import type { ContainerState } from "../state.ts";

/** How the agent's part of a session went. */
export interface StreamResult {
  readonly exitCode?: number;
  /** Why it could not be as it was asked for. */
  readonly reason?: string;
}

/** What went through so far. */
export interface StreamCounts {
  /** To the container. */
  readonly bytesIn: number;
  /** From the container. */
  readonly bytesOut: number;
}

/** What is done in one session. */
export interface StreamWork {
  readonly counts: StreamCounts;
  /** The client has opened it. */
  onOpen?(channel: Channel): void;
  onSignal?(signal: LinkSignal): void;
  /**
   * Goes on to the end of it, or until nobody wants it any more.
   *
   * @throws Error whose message says why it cannot be done
   */
  run(link: StreamLink, unwanted: AbortSignal): Promise<StreamResult>;
}

/** Hands on what the client sends, no faster than it is taken, and its end. */
export async function feed(
  channel: Channel,
  stream: Writable,
  onBytes: (count: number) => void,
): Promise<void> {
  for await (const piece of channel) {
    onBytes(piece.length);
    if (!stream.write(piece)) {
      await Promise.race([once(stream, "drain"), once(stream, "close")]);
    }
  }
  stream.end();
}

/** The container as the agent knows it now; undefined where it knows none. */
export type FindContainer = (name: string) => ContainerState | undefined;

/** @throws Error */
export function runningId(container: ContainerState | undefined, name: string): string {
  if (container?.dockerId !== undefined && container.phase === "RUNNING") return container.dockerId;
  throw new Error(`Container ${name} does not run.`);
}
