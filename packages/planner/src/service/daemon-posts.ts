import type { Task } from "@berth/domain/task";
import { isHealthy } from "./census.ts";
import type { Census, Member } from "./census.ts";
import type { DaemonInstance } from "./daemon-instances.ts";
import { stopOrder } from "./stop-preference.ts";

/** What a DAEMON service has on one instance. */
export interface Post {
  readonly instance: DaemonInstance;
  /** It should have one task. */
  readonly isWanted: boolean;
  readonly kept: readonly Member[];
  readonly replaced: readonly Member[];
  readonly leaving: readonly Task[];
}

/** In the order of their ids. */
export function postsOf(
  instances: readonly DaemonInstance[],
  wanted: ReadonlySet<string>,
  census: Census,
): readonly Post[] {
  const kept = Map.groupBy(census.kept, placeOf);
  const replaced = Map.groupBy(census.replaced, placeOf);
  const leaving = Map.groupBy(census.leaving, (task) => task.containerInstanceId);
  return instances
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((instance) => ({
      instance,
      isWanted: wanted.has(instance.id),
      kept: kept.get(instance.id) ?? [],
      replaced: replaced.get(instance.id) ?? [],
      leaving: leaving.get(instance.id) ?? [],
    }));
}

const placeOf = ({ task }: Member): string => task.containerInstanceId;

/** Whether a task can be started here now. */
export const isVacant = (post: Post): boolean =>
  post.isWanted && post.instance.agentConnected && isEmpty(post);

/**
 * Whether all is here as it should be. What a draining instance still has is left out: it goes when
 * the tasks of other services have gone.
 */
export const isManned = (post: Post): boolean =>
  post.isWanted
    ? post.kept.length === 1 &&
      post.kept.every(isHealthy) &&
      post.replaced.length + post.leaving.length === 0
    : isEmpty(post) || post.instance.status === "DRAINING";

const isEmpty = ({ kept, replaced, leaving }: Post): boolean =>
  kept.length + replaced.length + leaving.length === 0;

export interface StopLimits {
  /** So many healthy tasks stay, where those to be replaced have to go before their successors. */
  readonly floor: number;
  /** Nothing would be started in their place. */
  readonly held: boolean;
}

/**
 * Which tasks to stop: those where none is wanted; on a draining instance once it is the last of the
 * services' tasks there; a second one on an instance; and, within the floor, those that are to be
 * replaced, since no two fit on one instance.
 */
export function chooseDaemonStops(
  posts: readonly Post[],
  { floor, held }: StopLimits,
): readonly Member[] {
  const unwanted = posts
    .filter(mayBeCleared)
    .flatMap(({ kept, replaced }) => kept.concat(replaced));
  const surplus = posts.filter(({ isWanted }) => isWanted).flatMap(surplusAt);
  const outlived = held
    ? []
    : posts.flatMap((post) => (post.isWanted && post.kept.length === 0 ? post.replaced : []));
  const surplusIds = new Set(surplus.map(({ task }) => task.id));
  const waiting = outlived.filter(({ task }) => !surplusIds.has(task.id));
  const going = new Set([...unwanted, ...surplus].map(({ task }) => task.id));
  const healthy = posts
    .flatMap(({ kept, replaced }) => kept.concat(replaced))
    .filter((member) => isHealthy(member) && !going.has(member.task.id)).length;
  return [...unwanted, ...surplus, ...withinFloor(waiting, healthy - floor)];
}

const mayBeCleared = ({ instance, isWanted }: Post): boolean =>
  !isWanted &&
  (instance.status === "DRAINING" ? instance.replicaCount === 0 : !instance.isSuitable);

const inStopOrder = stopOrder([], {});

/** All but the best: one of the PRIMARY deployment where there is one. */
function surplusAt({ kept, replaced }: Post): readonly Member[] {
  const inTurn = [...inStopOrder(replaced), ...inStopOrder(kept)];
  return kept.length > 0 || replaced.length > 1 ? inTurn.slice(0, -1) : [];
}

/** @param spare Healthy tasks beyond the floor. */
function withinFloor(members: readonly Member[], spare: number): readonly Member[] {
  let left = spare;
  return [...inStopOrder(members)].filter((member) => {
    if (!isHealthy(member)) return true;
    left -= 1;
    return left >= 0;
  });
}
