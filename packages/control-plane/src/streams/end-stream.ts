import type { StreamEnd, StreamSession } from "@berth/domain/stream-session";
import type { Stored } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { persist, withDue } from "../reconcile/persist.ts";
import { STREAM_DRAIN_MS } from "./stream-times.ts";

/**
 * Writes down how a session ended, once: events tell of it. It stays on record for a little while,
 * since frames that were sent before may still be on their way.
 *
 * @returns the session as it ended, where this is what ended it
 */
export async function recordStreamEnd(
  controlPlane: ControlPlane,
  id: string,
  end: Omit<StreamEnd, "at">,
): Promise<StreamSession | undefined> {
  const { streamSessions } = controlPlane.store;
  const at = controlPlane.now();
  const done = await persist<StreamSession>(
    () => streamSessions.find(id),
    (session) =>
      session.end ? undefined : withDue({ ...session, end: { at, ...end } }, at + STREAM_DRAIN_MS),
    (session) => streamSessions.replace(session),
  );
  return done?.written ? done.item : undefined;
}

/** Forgets a session that has ended. */
export async function forgetStream(controlPlane: ControlPlane, id: string): Promise<void> {
  const { streamSessions } = controlPlane.store;
  const session = await streamSessions.find(id);
  // Nobody changes it any more; a late writer's item goes with its mark.
  if (session?.end) await streamSessions.delete(session);
}

/** Ends what has been silent for too long, and forgets what has ended: what a sweep does about a mark. */
export async function settleStream(controlPlane: ControlPlane, id: string): Promise<void> {
  const session = await controlPlane.store.streamSessions.find(id);
  if (session && isOverdue(session, controlPlane.now())) {
    await recordStreamEnd(controlPlane, id, { reason: silenceOf(session) });
    await forgetStream(controlPlane, id);
  }
}

const isOverdue = ({ due }: Stored<StreamSession>, now: number): boolean =>
  due === undefined || due <= now;

const silenceOf = ({ clientConnectionId, startedAt }: StreamSession): string => {
  if (clientConnectionId === undefined) return "The client did not dial in time.";
  return startedAt === undefined
    ? "The agent did not dial in time."
    : "Nothing was heard of its ends for too long.";
};
