import { STREAM_DIAL_MS, type StreamTicket } from "@berth/contracts/rest/streams";
import { STREAM_PARAMETER, STREAMS_ATTRIBUTE } from "@berth/contracts/stream/frames";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import {
  type StreamRequest,
  type StreamSession,
  streamSessionId,
} from "@berth/domain/stream-session";
import type { Task } from "@berth/domain/task";
import type { CommandContext } from "../context.ts";
import { sha256Hex } from "../request-hash.ts";
import { STREAM_LIFETIME_MS } from "./stream-times.ts";

/** At once. The agent holds itself to the first, too, whoever lets sessions through. */
const MAX_STREAMS_OF_INSTANCE = 50;
const MAX_STREAMS_OF_PRINCIPAL = 100;

const SECRET_DIGITS = 64;
const ID_DIGITS = 32;

/**
 * Writes down that the caller may have this session, and says how to dial for it. Its agent is told
 * once the client is there.
 *
 * @throws EcsError ConflictException, LimitExceededException, TargetNotConnectedException, UnsupportedFeatureException
 */
export async function openStream(
  context: CommandContext,
  task: Task,
  request: StreamRequest,
): Promise<StreamTicket> {
  await checkAgent(context, task);
  await checkLimits(context, task);
  const { principalArn, credential, store } = context;
  const token = context.randomHex(SECRET_DIGITS);
  const now = context.now();
  const session: StreamSession = {
    id: streamSessionId(task.containerInstanceId, context.randomHex(ID_DIGITS)),
    cluster: task.cluster,
    containerInstanceId: task.containerInstanceId,
    taskId: task.id,
    principalArn,
    ...defined({ credential }),
    request,
    createdAt: now,
    until: now + STREAM_LIFETIME_MS,
    tokenHash: sha256Hex(token),
  };
  const due = now + STREAM_DIAL_MS;
  await store.streamSessions.create({ ...session, due });
  return {
    sessionId: session.id,
    streamUrl: streamUrl(context.settings.agentEndpoint, session.id),
    token,
    expiresAt: new Date(due).toISOString(),
  };
}

async function checkAgent(
  { store }: CommandContext,
  { cluster, containerInstanceId: id }: Task,
): Promise<void> {
  const [session, found] = await Promise.all([
    store.sessions.find(cluster, id),
    store.instances.find(cluster, id),
  ]);
  if (!found || session?.connectionId === undefined) {
    throw new EcsError(
      "TargetNotConnectedException",
      `The agent of container instance ${id}, where the task is, is not connected.`,
    );
  }
  if (!found.instance.attributes.some(({ name }) => name === STREAMS_ATTRIBUTE)) {
    throw new EcsError(
      "UnsupportedFeatureException",
      `The agent of container instance ${id}, where the task is, does not lead into containers: it has no attribute ${STREAMS_ATTRIBUTE}, as Berth's own agents have.`,
    );
  }
}

async function checkLimits(context: CommandContext, { containerInstanceId }: Task): Promise<void> {
  const { store, principalArn } = context;
  const [onInstance, ofPrincipal] = await Promise.all([
    store.streamSessions.onInstance(containerInstanceId, 2 * MAX_STREAMS_OF_INSTANCE),
    store.streamSessions.countOf(principalArn, context.now(), MAX_STREAMS_OF_PRINCIPAL),
  ]);
  const open = onInstance.filter(({ end }) => end === undefined);
  if (open.length >= MAX_STREAMS_OF_INSTANCE) {
    throw tooMany(`Container instance ${containerInstanceId}`, MAX_STREAMS_OF_INSTANCE);
  }
  if (ofPrincipal >= MAX_STREAMS_OF_PRINCIPAL)
    throw tooMany(principalArn, MAX_STREAMS_OF_PRINCIPAL);
}

const tooMany = (whose: string, limit: number) =>
  new EcsError(
    "LimitExceededException",
    `${whose} has ${limit} sessions of exec, logs and port-forward, which is as many as there may be at once.`,
  );

/** Where agents dial, too. */
function streamUrl(agentEndpoint: string, sessionId: string): string {
  const url = new URL("ws", agentEndpoint.replace(/^http/, "ws"));
  url.searchParams.set(STREAM_PARAMETER, sessionId);
  return url.href;
}
