import type { EcsEvent } from "@berth/contracts/ecs-event";
import { clusterArn, containerInstanceArn, type Scope, taskArn } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { StreamRequest, StreamSession } from "@berth/domain/stream-session";

export interface StreamChange {
  /** Absent where the session is new. */
  readonly before?: StreamSession | undefined;
  readonly after: StreamSession;
}

/**
 * Berth's own: that a session began, and how it ended. Who, where and what, for those who have to
 * account for it; never what was typed or read.
 */
export function streamEvents(scope: Scope, { before, after }: StreamChange): readonly EcsEvent[] {
  const { startedAt, end } = after;
  const hasBegun = startedAt !== undefined && before?.startedAt === undefined;
  const hasEnded = end !== undefined && before?.end === undefined;
  return [
    ...(hasBegun ? [toldOf(scope, after, { time: startedAt, state: "STARTED" })] : []),
    ...(hasEnded
      ? [toldOf(scope, after, { time: end.at, state: "ENDED", ending: endingOf(after) })]
      : []),
  ];
}

interface Told {
  readonly time: number;
  readonly state: "STARTED" | "ENDED";
  readonly ending?: object;
}

function toldOf(scope: Scope, session: StreamSession, { time, state, ending }: Told): EcsEvent {
  const { cluster, taskId, containerInstanceId, startedAt } = session;
  const resource = taskArn(scope, cluster, taskId);
  return {
    detailType: "Berth Stream Session State Change",
    resource,
    time,
    detail: {
      state,
      sessionId: session.id,
      principalArn: session.principalArn,
      clusterArn: clusterArn(scope, cluster),
      containerInstanceArn: containerInstanceArn(scope, cluster, containerInstanceId),
      taskArn: resource,
      ...askedOf(session.request),
      createdAt: new Date(session.createdAt),
      ...(startedAt !== undefined && { startedAt: new Date(startedAt) }),
      ...ending,
    },
  };
}

const OPERATION = { exec: "EXEC", logs: "LOGS", portForward: "PORT_FORWARD" } as const;

function askedOf({ kind, ...members }: StreamRequest): object {
  const { container, ...others } = members;
  return {
    operation: OPERATION[kind],
    ...defined({ containerName: container }),
    ...others,
  };
}

function endingOf({ end, startedAt }: StreamSession): object {
  if (!end) return {};
  const { at, reason, exitCode, bytesIn, bytesOut } = end;
  return {
    endedAt: new Date(at),
    ...defined({ reason, exitCode, bytesIn, bytesOut }),
    ...(startedAt !== undefined && { durationMs: at - startedAt }),
  };
}
