import type { AlarmLook } from "@berth/domain/alarm";
import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { TaskSet } from "@berth/domain/task-set";
import { boundsOf } from "../service/bounds.ts";
import { countHealthy, countOccupying, isPending, mayBeStopped } from "../service/census.ts";
import type { Census, Member } from "../service/census.ts";
import { primaryOf } from "../service/primary-deployment.ts";
import { heldSurplus } from "../service/protection.ts";
import { censusOf, type CensusFacts } from "../service/take-stock.ts";
import { alarmNotes } from "./alarm-notes.ts";
import { strayTasks, taskSetParts, type TaskSetPart } from "../service/task-set-part.ts";

/** One thing that a service does or waits for. Times are epoch ms. */
export interface ProgressNote {
  readonly kind:
    | "removed"
    | "steady"
    /** None of the others: something has just happened, and its controller is yet to look. */
    | "due"
    | "failed"
    | "alarm"
    | "baking"
    | "throttled"
    | "unplaced"
    | "placing"
    | "starting"
    | "warming"
    | "unhealthy"
    | "draining"
    | "moving"
    | "outdated"
    | "protected"
    | "rebalancing"
    | "stopping"
    | "atCeiling"
    | "atFloor";
  readonly text: string;
  readonly since?: number;
  /** When time alone changes it, at the latest. */
  readonly until?: number;
}

export interface ServiceFacts extends CensusFacts {
  /** All that are not archived. */
  readonly tasks: readonly Task[];
  /** When the service is looked at next, whatever happens until then. */
  readonly nextLookAt?: number;
  /** The alarms that are watched, as they are now. */
  readonly alarms?: AlarmLook;
}

/** Why a service is not yet as it shall be, or that it is. */
export function explainProgress(facts: ServiceFacts): readonly ProgressNote[] {
  const { service } = facts;
  const census = censusOf(facts, facts.tasks, service.deployments);
  if (service.status !== "ACTIVE") return [removal(service, census)];
  if (service.taskSets) return explainTaskSets(facts);
  const notes = rolloutNotes(facts, census);
  return notes.length > 0 ? notes : [restNote(facts, census)];
}

/** Each set says what it waits for; those that are as they shall be say nothing. */
function explainTaskSets(facts: ServiceFacts): readonly ProgressNote[] {
  const { service, tasks } = facts;
  const parts = taskSetParts(service, tasks);
  const strays = countOccupying(censusOf(facts, strayTasks(service, tasks), []));
  const notes = [
    ...parts.flatMap((part) => taskSetNotes(facts, part)),
    ...(strays > 0 ? [strayNote(strays)] : []),
  ];
  if (notes.length > 0) return notes;
  const text =
    parts.length > 0
      ? "Its task sets have what their scales ask for, all healthy."
      : "It has no task sets, so that it shall have no tasks.";
  return [{ kind: "steady", text }];
}

function taskSetNotes(
  facts: ServiceFacts,
  { set, service, tasks }: TaskSetPart,
): readonly ProgressNote[] {
  const ofSet = { ...facts, service, tasks };
  const census = censusOf(ofSet, tasks, service.deployments);
  const notes =
    set.status === "DRAINING"
      ? [deletion(set, census), ...protectionNotes(service, census)]
      : rolloutNotes(ofSet, census);
  const rest = restNote(ofSet, census);
  const own = notes.length > 0 || rest.kind === "steady" ? notes : [rest];
  return own.map((note) => Object.assign({}, note, { text: `Task set ${set.id}: ${note.text}` }));
}

function deletion({ updatedAt: since }: TaskSet, census: Census): ProgressNote {
  const left = countOccupying(census);
  const text = `It is deleted: ${count(left, "task")} of it ${left === 1 ? "is" : "are"} left to stop.`;
  return { kind: "removed", text, since };
}

const strayNote = (strays: number): ProgressNote => ({
  kind: "outdated",
  text: `${count(strays, "task")} of a task set that is gone, to be stopped.`,
});

/** Of a service with deployments, or of one task set as such a service. */
function rolloutNotes(facts: ServiceFacts, census: Census): readonly ProgressNote[] {
  const { service } = facts;
  return [
    ...deploymentNotes(facts, countMissing(service, census)),
    ...alarmNotes(facts),
    ...unplacedNotes(facts),
    ...taskNotes(service, census),
    ...(service.schedulingStrategy === "REPLICA" ? replicaNotes(service, census) : []),
  ];
}

function restNote({ service, nextLookAt }: ServiceFacts, census: Census): ProgressNote {
  const { desiredCount } = service;
  const healthy = countHealthy(census.kept);
  if (healthy === desiredCount) return { kind: "steady", text: steadyText(desiredCount) };
  return {
    kind: "due",
    text: `${healthy} of ${count(desiredCount, "task")} are healthy: its controller looks at it next.`,
    ...(nextLookAt !== undefined && { until: nextLookAt }),
  };
}

function steadyText(desiredCount: number): string {
  if (desiredCount === 0) return "It shall have no tasks, and has none.";
  return desiredCount === 1
    ? "The one task that it shall have is healthy."
    : `All ${desiredCount} tasks that it shall have are healthy.`;
}

/** So many tasks are neither there nor decided. */
const countMissing = ({ desiredCount, plannedStarts }: Service, { kept }: Census): number =>
  Math.max(0, desiredCount - kept.length - plannedStarts.length);

function removal({ status, latestChange }: Service, census: Census): ProgressNote {
  const left = countOccupying(census);
  return {
    kind: "removed",
    text: `It is ${status}, deleted: ${count(left, "task")} of it ${left === 1 ? "is" : "are"} left to stop.`,
    ...(latestChange && { since: latestChange.at }),
  };
}

function deploymentNotes({ service, now }: ServiceFacts, missing: number): readonly ProgressNote[] {
  const primary = primaryOf(service.deployments);
  const { id, rolloutState, rolloutStateReason, throttledUntil = 0, failedRounds = 0 } = primary;
  if (rolloutState === "FAILED") {
    const text = `Deployment ${id} FAILED, so that nothing more is started for it: ${rolloutStateReason}`;
    return [{ kind: "failed", text, since: primary.updatedAt }];
  }
  if (throttledUntil <= now || missing === 0) return [];
  const text = `Starts for ${id} are held back after ${count(failedRounds, "round")} of failed starts.`;
  return [{ kind: "throttled", text, until: throttledUntil }];
}

function unplacedNotes({ service, nextLookAt }: ServiceFacts): readonly ProgressNote[] {
  const times = service.plannedStarts.flatMap(({ unplaced }) => (unplaced ? [unplaced.since] : []));
  if (times.length === 0) return [];
  return [
    {
      kind: "unplaced",
      text: unplacedText(service, times.length),
      since: Math.min(...times),
      ...(nextLookAt !== undefined && { until: nextLookAt }),
    },
  ];
}

function unplacedText({ schedulingStrategy }: Service, waiting: number): string {
  return schedulingStrategy === "DAEMON"
    ? `${count(waiting, "task")} ${waiting === 1 ? "finds" : "find"} no room on the container instance that shall have one; tried again as soon as there is some.`
    : `${count(waiting, "task")} ${waiting === 1 ? "finds" : "find"} no container instance; tried again as soon as one joins or has room.`;
}

/** What its tasks are about, by how many each is true of. */
function taskNotes(
  { plannedStarts, schedulingStrategy }: Service,
  census: Census,
): readonly ProgressNote[] {
  const { kept, replaced, leaving, changesAt } = census;
  const placing = plannedStarts.filter(({ unplaced }) => unplaced === undefined).length;
  const pending = kept.filter(isPending).length;
  const warming = kept.length - pending - countHealthy(kept);
  const texts = schedulingStrategy === "DAEMON" ? WHY_DAEMONS_GO : WHY_REPLACED;
  const reasons = replaced.map(whyReplaced);
  const counted = [
    ["placing", placing, "about to be placed."],
    ["starting", pending, "PENDING: not started by their agents yet."],
    ["warming", warming, "RUNNING, and not yet proven healthy."],
    ...texts.map(
      ([why, text]) => [why, reasons.filter((each) => each === why).length, text] as const,
    ),
    ["stopping", leaving.length, "asked to stop, and not STOPPED yet."],
  ] as const;
  return counted
    .filter(([, number]) => number > 0)
    .map(([kind, number, rest]) => {
      const text = `${count(number, "task")} ${rest}`;
      return kind === "warming" && changesAt !== undefined
        ? { kind, text, until: changesAt }
        : { kind, text };
    });
}

const WHY_REPLACED = [
  ["unhealthy", "UNHEALTHY by their health checks, to be replaced."],
  ["draining", "on instances that drain, to be replaced."],
  ["moving", "to be moved by a rebalance: each stops once its successor is healthy."],
  ["outdated", "of older deployments, to be replaced."],
] as const;

/** No two fit on one instance: the new one comes after. */
const WHY_DAEMONS_GO = [
  WHY_REPLACED[0],
  ["draining", "on instances that drain: they go when the tasks of other services have gone."],
  WHY_REPLACED[3],
] as const;

function whyReplaced({ task, condition }: Member): (typeof WHY_REPLACED)[number][0] {
  if (condition === "UNHEALTHY") return "unhealthy";
  if (task.draining === true) return "draining";
  return task.moving === true ? "moving" : "outdated";
}

/** Neither protection nor zones nor the percentages are what a DAEMON waits for. */
const replicaNotes = (service: Service, census: Census): readonly ProgressNote[] => [
  ...protectionNotes(service, census),
  ...rebalancingNotes(service),
  ...boundNotes(service, census),
];

/** Protected tasks that would be replaced, or stopped for the sake of the count, if they were not. */
function protectionNotes(service: Service, { kept, replaced }: Census): readonly ProgressNote[] {
  const wanted = service.desiredCount + (service.rebalancing?.moves.length ?? 0);
  const surplus = kept.length - wanted - kept.filter(mayBeStopped).length;
  return [
    ...protectedNote(replaced, "to be replaced", "from that"),
    ...protectedNote(heldSurplus(kept, surplus), "beyond the desired count", "from being stopped"),
  ];
}

function protectedNote(
  members: readonly Member[],
  which: string,
  from: string,
): readonly ProgressNote[] {
  const times = members.flatMap(({ protectedUntil }) => protectedUntil ?? []);
  if (times.length === 0) return [];
  const text = `${count(times.length, "task")} ${which} ${times.length === 1 ? "is" : "are"} protected ${from} until the protection ends.`;
  return [{ kind: "protected", text, until: Math.max(...times) }];
}

function rebalancingNotes({ rebalancing }: Service): readonly ProgressNote[] {
  if (rebalancing?.isUnderWay !== true) return [];
  const moving = rebalancing.moves.length;
  const text = `Its tasks are being evened out over the availability zones: ${count(moving, "task")} moving, a new one healthy before an old one stops.`;
  return [{ kind: "rebalancing", text }];
}

/** Where the corridor of the rollout is what a start or a stop waits for. */
function boundNotes(service: Service, census: Census): readonly ProgressNote[] {
  const { desiredCount, deploymentConfiguration, plannedStarts, withdrawnStarts = [] } = service;
  const { minimumHealthyPercent, maximumPercent } = deploymentConfiguration;
  const { floor, ceiling } = boundsOf(desiredCount, deploymentConfiguration);
  const occupying = countOccupying(census) + plannedStarts.length + withdrawnStarts.length;
  const healthy = countHealthy(census.kept) + countHealthy(census.replaced);
  const notes: ProgressNote[] = [];
  if (countMissing(service, census) > 0 && occupying >= ceiling) {
    notes.push({
      kind: "atCeiling",
      text: `No task may start before another one stops: maximumPercent ${maximumPercent} of ${desiredCount} allows ${ceiling}, and there are ${occupying}.`,
    });
  }
  if (countHealthy(census.replaced) > 0 && healthy <= floor) {
    notes.push({
      kind: "atFloor",
      text: `No healthy task may stop before a new one is healthy: minimumHealthyPercent ${minimumHealthyPercent} of ${desiredCount} asks for ${floor}, and there ${healthy === 1 ? "is" : "are"} ${healthy}.`,
    });
  }
  return notes;
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
