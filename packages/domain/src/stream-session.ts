import type { IssuedCredential } from "./access/issued-credential.ts";

/** What a stream session is for, as it was allowed and is written down. */
export type StreamRequest = ExecStream | LogStream | PortStream;

/** A program in a running container. */
export interface ExecStream {
  readonly kind: "exec";
  readonly container: string;
  readonly command: readonly string[];
  /** Whether it gets a terminal. */
  readonly tty: boolean;
}

/** What containers have written, and go on writing. */
export interface LogStream {
  readonly kind: "logs";
  /** All of the task where it is absent. */
  readonly container?: string;
  readonly follow: boolean;
  /** How many of the latest lines to begin with, of each container; all where it is absent. */
  readonly tail?: number;
  /** Epoch ms: nothing older. */
  readonly since?: number;
}

/** Connections to a TCP port of a container. */
export interface PortStream {
  readonly kind: "portForward";
  readonly container: string;
  readonly port: number;
}

/** How a stream session ended. What nobody told is absent. */
export interface StreamEnd {
  /** Epoch ms. */
  readonly at: number;
  /** Absent where it ended as it was meant to. */
  readonly reason?: string;
  readonly exitCode?: number;
  /** To the container. */
  readonly bytesIn?: number;
  /** From the container. */
  readonly bytesOut?: number;
}

/**
 * A line between a client and the agent of a task, through the control plane. Each end has a
 * connection of its own, and no other may take its place. All times are epoch ms.
 */
export interface StreamSession {
  /** Nobody can guess it: `streamSessionId`. */
  readonly id: string;
  readonly cluster: string;
  readonly containerInstanceId: string;
  readonly taskId: string;
  /** Who asked for it. */
  readonly principalArn: string;
  /** What he showed, where it may be taken back. */
  readonly credential?: IssuedCredential;
  readonly request: StreamRequest;
  readonly createdAt: number;
  /** It ends by then, whatever it does. */
  readonly until: number;
  /** Of what the client shows when it dials. */
  readonly tokenHash: string;
  readonly clientConnectionId?: string;
  readonly agentConnectionId?: string;
  /** When its agent took it up. */
  readonly startedAt?: number;
  readonly end?: StreamEnd;
}

/** Which end of a stream session a WebSocket is. */
export interface StreamConnection {
  readonly connectionId: string;
  readonly sessionId: string;
  readonly end: "client" | "agent";
  readonly connectedAt: number;
}

const ID = /^([0-9a-f]{32})-[0-9a-f]{32}$/;

/** @param secret 32 random hex digits */
export const streamSessionId = (containerInstanceId: string, secret: string): string =>
  `${containerInstanceId}-${secret}`;

/** The instance that a session is on, by the session's id; undefined for what is none. */
export const instanceOfStream = (sessionId: string): string | undefined => ID.exec(sessionId)?.[1];
