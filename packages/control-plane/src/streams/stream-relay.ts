import type { Envelope } from "@berth/contracts/agent/messages";
import { STREAM_EXPIRED } from "@berth/contracts/stream/frames";
import type { OpenStreamMessage, StreamEnded, StreamFrame } from "@berth/contracts/stream/frames";
import { taskArn } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { StreamConnection, StreamEnd, StreamSession } from "@berth/domain/stream-session";
import type { Stored } from "@berth/store/store";
import { hangUp } from "../agents/connections.ts";
import { withDue } from "../reconcile/persist.ts";
import { findRevocation } from "../access/find-revocation.ts";
import { auditOf } from "./bind-stream.ts";
import { forgetStream, recordStreamEnd } from "./end-stream.ts";
import { streamAccess } from "./stream-access.ts";
import type { StreamControlPlane } from "./stream-context.ts";
import { STREAM_LEASE_MS } from "./stream-times.ts";

/** Where frames of a connection go. */
interface Route {
  readonly sessionId: string;
  readonly end: StreamConnection["end"];
  readonly peer: string;
  /** Epoch ms. */
  readonly until: number;
  renewAt: number;
}

/** So many a process remembers: who is pushed out costs two readings more. */
const MAX_ROUTES = 1_000;

/**
 * Leads frames of stream sessions from one end to the other. Keeps none: what is on its way is bounded
 * by the ends' windows. Where both ends are known, that is remembered in the process, as it does not
 * change any more.
 */
export class StreamRelay {
  readonly #controlPlane: StreamControlPlane;
  readonly #routes = new Map<string, Route>();

  constructor(controlPlane: StreamControlPlane) {
    this.#controlPlane = controlPlane;
  }

  /** Takes one frame of either end; one of a session that is over ends its connection. */
  async receive(connectionId: string, frame: Envelope): Promise<void> {
    if (frame.type === "StreamHello") return this.#callAgent(connectionId);
    const route = await this.#routeOf(connectionId);
    if (!route) return hangUp(this.#controlPlane, connectionId);
    if (route === "waiting") return undefined;
    if (!(await this.#goesOn(route))) return undefined;
    // Before the client hears of it, and goes.
    if (route.end === "agent") await this.#noteEnd(route, frame);
    const outcome = await this.#controlPlane.connections.push(route.peer, frame);
    if (outcome === "gone") await this.#end(route.sessionId, { reason: goneText(route.end) });
  }

  /** An end has gone, and the session with it. Whether it was one of a stream session at all. */
  async disconnect(connectionId: string): Promise<boolean> {
    this.#routes.delete(connectionId);
    const { streamSessions } = this.#controlPlane.store;
    const connection = await streamSessions.findConnection(connectionId);
    if (!connection) return false;
    await streamSessions.deleteConnection(connectionId);
    const { sessionId, end } = connection;
    if (end === "agent") await this.#end(sessionId, { reason: "The agent went away." });
    else await this.#clientLeft(sessionId);
    return true;
  }

  async #noteEnd({ sessionId }: Route, frame: Envelope): Promise<void> {
    const { message } = frame as Envelope<string, StreamFrame>;
    if (message.kind !== "closed") return;
    const { exitCode, reason, bytesIn, bytesOut } = message;
    await this.#recordEnd(sessionId, defined({ exitCode, reason, bytesIn, bytesOut }));
  }

  /** Nobody is left to hear what is still on its way. */
  async #clientLeft(sessionId: string): Promise<void> {
    const session = await this.#controlPlane.store.streamSessions.find(sessionId);
    await this.#recordEnd(sessionId, { reason: "The client went away." });
    if (session?.agentConnectionId !== undefined) {
      await hangUp(this.#controlPlane, session.agentConnectionId);
    }
    await forgetStream(this.#controlPlane, sessionId);
  }

  /** Has the agent dial, now that the client is there to be told of it. */
  async #callAgent(connectionId: string): Promise<void> {
    const { store, scope, connections } = this.#controlPlane;
    const found = await this.#sessionOf(connectionId);
    if (found?.connection.end !== "client" || found.session.startedAt !== undefined) return;
    const { id, cluster, containerInstanceId, taskId, request } = found.session;
    const agent = await store.sessions.find(cluster, containerInstanceId);
    const message: OpenStreamMessage = {
      type: "OpenStreamMessage",
      message: { sessionId: id, taskArn: taskArn(scope, cluster, taskId), request },
    };
    const outcome =
      agent?.connectionId === undefined
        ? "gone"
        : await connections.push(agent.connectionId, { ...message });
    if (outcome === "gone") await this.#end(id, { reason: "The agent is not connected." });
  }

  /** Ends a session before its time, and says so to the ends that are still there. */
  async #end(sessionId: string, end: Omit<StreamEnd, "at">): Promise<void> {
    const ended = await this.#recordEnd(sessionId, end);
    const { connections } = this.#controlPlane;
    if (ended?.clientConnectionId === undefined) return;
    const message: StreamEnded = { type: "StreamEnded", message: { reason: end.reason ?? "" } };
    await connections.push(ended.clientConnectionId, message);
    if (ended.agentConnectionId !== undefined) {
      await connections.push(ended.agentConnectionId, message);
      await hangUp(this.#controlPlane, ended.agentConnectionId);
    }
  }

  async #recordEnd(
    sessionId: string,
    end: Omit<StreamEnd, "at">,
  ): Promise<StreamSession | undefined> {
    const ended = await recordStreamEnd(this.#controlPlane, sessionId, end);
    if (ended) this.#controlPlane.audit.info("A stream session ended", auditOf(ended));
    return ended;
  }

  async #routeOf(connectionId: string): Promise<Route | "waiting" | undefined> {
    const known = this.#routes.get(connectionId);
    if (known) return known;
    const found = await this.#sessionOf(connectionId);
    if (!found) return undefined;
    const { session, connection } = found;
    const peer =
      connection.end === "client" ? session.agentConnectionId : session.clientConnectionId;
    if (peer === undefined) return "waiting";
    const route = {
      sessionId: session.id,
      end: connection.end,
      peer,
      until: session.until,
      renewAt: renewalOf(session, this.#controlPlane.now()),
    };
    if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
    this.#routes.set(connectionId, route);
    return route;
  }

  async #sessionOf(
    connectionId: string,
  ): Promise<{ session: Stored<StreamSession>; connection: StreamConnection } | undefined> {
    const { streamSessions } = this.#controlPlane.store;
    const connection = await streamSessions.findConnection(connectionId);
    const session = connection && (await streamSessions.find(connection.sessionId));
    return session && { session, connection };
  }

  /** Whether the session may. A sign of life is written, and leave asked for, when half of the lease is gone. */
  async #goesOn(route: Route): Promise<boolean> {
    const now = this.#controlPlane.now();
    const { sessionId } = route;
    if (route.until <= now) {
      await this.#end(sessionId, { reason: STREAM_EXPIRED });
      return false;
    }
    if (route.renewAt > now) return true;
    route.renewAt = now + STREAM_LEASE_MS / 2;
    const { streamSessions } = this.#controlPlane.store;
    const session = await streamSessions.find(sessionId);
    if (!session || session.end) return true;
    // The other end's frames, or another process, may have renewed it meanwhile.
    const renewAt = renewalOf(session, now);
    if (renewAt > now) {
      route.renewAt = renewAt;
      return true;
    }
    const reason = await this.#revocationOf(session);
    if (reason !== undefined) {
      await this.#end(sessionId, { reason });
      return false;
    }
    const outcome = await streamSessions.replace(withDue(session, now + STREAM_LEASE_MS));
    // Whoever came between has ended it, or begun another lease: seen at the next frame.
    if (outcome === "conflict") route.renewAt = now;
    return true;
  }

  /** Why who asked for the session may not have it any more. */
  async #revocationOf({ credential, request, ...of }: StreamSession): Promise<string | undefined> {
    if (!credential) return undefined;
    const access = streamAccess(this.#controlPlane.scope, request.kind, of);
    return findRevocation(this.#controlPlane, credential, access);
  }
}

const renewalOf = ({ due }: Stored<StreamSession>, now: number): number =>
  (due ?? now) - STREAM_LEASE_MS / 2;

const goneText = (end: StreamConnection["end"]): string =>
  end === "client" ? "The agent went away." : "The client went away.";
