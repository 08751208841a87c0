import type { StreamRequest } from "@berth/domain/stream-session";
import { z } from "zod";
import type { Envelope } from "../agent/messages.ts";

/*
 * What the two ends of a stream session say to each other, and to the control plane between them
 * (ADR 0038). Each message is one JSON text, as on the agents' other sockets.
 */

/** The most that one frame carries: in base64 and with its members it stays under API Gateway's 128 KB. */
export const MAX_DATA_BYTES = 88 * 1024;
const MAX_DATA_CHARACTERS = 4 * Math.ceil(MAX_DATA_BYTES / 3);

/** Channels that may be open at once: the connections of a port-forward. */
export const MAX_CHANNELS = 64;

const channel = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const reason = z.string().max(1_024);
const side = z.int().min(1).max(10_000);

/** What one end says to the other. */
export const streamSignal = z.discriminatedUnion("kind", [
  /** The agent's first: it has what was asked for. */
  z.object({ kind: z.literal("ready") }),
  /** A channel begins; `container` is whose output it carries. */
  z.object({ kind: z.literal("open"), channel, container: z.string().max(255).optional() }),
  /** In base64. Whoever leads it on has no need to look at each character. */
  z.object({ kind: z.literal("data"), channel, data: z.string().max(MAX_DATA_CHARACTERS) }),
  /** So much more may be sent on the channel. */
  z.object({ kind: z.literal("credit"), channel, amount: count }),
  /** Nothing more comes on the channel this way. */
  z.object({ kind: z.literal("end"), channel }),
  /** The channel is over, both ways. */
  z.object({ kind: z.literal("reset"), channel, reason }),
  /** The client's terminal has this size. */
  z.object({ kind: z.literal("resize"), columns: side, rows: side }),
  /** That the end is there: said where nothing else is. */
  z.object({ kind: z.literal("ping") }),
  /** The client has enough: the agent is to end what it does. */
  z.object({ kind: z.literal("stop") }),
  /** The agent's last. A reason says that it could not be as it was asked for. */
  z.object({
    kind: z.literal("closed"),
    exitCode: z.int().optional(),
    reason: reason.optional(),
    bytesIn: count,
    bytesOut: count,
  }),
]);
export type StreamSignal = z.infer<typeof streamSignal>;

/** A signal with its place among all that its end says: frames overtake each other on the way. */
export const streamFrame = z.intersection(z.object({ seq: count }), streamSignal);
export type StreamFrame = z.infer<typeof streamFrame>;

export type StreamMessage = Envelope<"Stream", StreamFrame>;
/** The client's first, to the control plane: now its agent may be told. */
export type StreamHello = Envelope<"StreamHello", Readonly<Record<string, never>>>;
/** The control plane's last, to the client: why nothing more comes. */
export type StreamEnded = Envelope<"StreamEnded", { readonly reason: string }>;
/** The reason after which a client may come again and go on. */
export const STREAM_EXPIRED = "The session has lasted as long as one may.";

/** Control plane to agent, on the command socket: to dial for this session. */
export type OpenStreamMessage = Envelope<
  "OpenStreamMessage",
  { readonly sessionId: string; readonly taskArn: string; readonly request: StreamRequest }
>;

/** Query parameter of both ends' handshake. */
export const STREAM_PARAMETER = "streamSession";

/** What an agent registers with that knows all this. */
export const STREAMS_ATTRIBUTE = "berth.capability.stream-sessions";
