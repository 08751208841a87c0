import type { Task } from "@berth/domain/task";
import { boundsOf } from "./bounds.ts";
import { countHealthy } from "./census.ts";
import { conclude, NONE } from "./conclude.ts";
import type { DaemonInstance } from "./daemon-instances.ts";
import { chooseDaemonStops, isManned, isVacant, postsOf } from "./daemon-posts.ts";
import type { Post } from "./daemon-posts.ts";
import type { Decision } from "./decision.ts";
import type { ServiceSnapshot } from "./plan-service.ts";
import { settlePlannedStarts } from "./planned-starts.ts";
import type { SettledStarts } from "./planned-starts.ts";
import { takeStock } from "./take-stock.ts";
import type { Stock } from "./take-stock.ts";

/** Instances join, leave and change without telling: a DAEMON service looks again so often. */
const LOOK_AGAIN_MS = 60_000;

/** A bound on the service's item, and on the work between two looks at the world. */
const MAX_PLANNED_STARTS = 100;

/**
 * A DAEMON service: one task on every ACTIVE instance that suits it, whatever their number. Source:
 * ECS developer guide, service scheduler strategies.
 */
export function decideDaemons(given: ServiceSnapshot): Decision {
  const wanted = wantedInstances(given);
  const desiredCount = wanted.size;
  const snapshot = {
    ...given,
    service: { ...given.service, desiredCount },
    tasks: given.tasks.map(inPlace),
  };
  const stock = takeStock(snapshot);
  const { census, primary } = stock;
  const posts = postsOf(given.instances ?? [], wanted, census);
  const settled = settlePlannedStarts(given.service.plannedStarts, {
    ...snapshot,
    primary,
    withdrawnStarts: given.service.withdrawnStarts ?? NONE,
    limit: Infinity,
    isWanted: ({ containerInstanceId = "" }) => wanted.has(containerInstanceId),
  });
  const { floor } = boundsOf(desiredCount, given.service.deploymentConfiguration);
  const stops = chooseDaemonStops(posts, { floor, held: stock.held });
  return conclude(snapshot, stock, {
    settled,
    starts: chooseStarts(posts, stock, settled),
    stops,
    isSettled: posts.every(isManned) && countHealthy(census.kept) >= desiredCount,
    blocks: [],
    changes: { desiredCount },
    changesAt: [given.now + LOOK_AGAIN_MS],
  });
}

/** One whose agent is away keeps the task that it has, and is given none. */
function wantedInstances({ instances = [], tasks }: ServiceSnapshot): ReadonlySet<string> {
  const holding = new Set(tasks.filter(isLive).map((task) => task.containerInstanceId));
  const isWanted = ({ id, status, agentConnected, isSuitable }: DaemonInstance): boolean =>
    status === "ACTIVE" && isSuitable && (agentConnected || holding.has(id));
  return new Set(instances.filter(isWanted).map(({ id }) => id));
}

/** What drains is told by the instances here: it is not to be replaced elsewhere. */
const inPlace = (task: Task): Task => (task.draining ? { ...task, draining: false } : task);

const isLive = (task: Task): boolean => task.lastStatus !== "STOPPED";

/** A start that was taken back may yet be made: until that is certain nothing takes its place. */
function chooseStarts(
  posts: readonly Post[],
  { held }: Stock,
  { planned, withdrawn }: SettledStarts,
) {
  if (held || withdrawn.length > 0) return [];
  const coming = new Set(planned.map((start) => start.containerInstanceId));
  return posts
    .filter((post) => isVacant(post) && !coming.has(post.instance.id))
    .slice(0, Math.max(0, MAX_PLANNED_STARTS - planned.length))
    .map(({ instance }) => ({ count: 1, containerInstanceId: instance.id }));
}
