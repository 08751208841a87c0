import type {
  Plan,
  PlanStep,
  ReservedForecast,
  ServiceForecast,
  UnplacedForecast,
} from "@berth/contracts/rest/plan";
import { table } from "./text-table.ts";
import { idOf, indented } from "./text.ts";

/** As many lines of the timeline as fit before what matters more. */
const MAX_LINES = 40;

/** What `berth plan` shows to people. */
export function planText(plan: Plan): string {
  const { assumptions, services, unplaced, trippedBreakers } = plan;
  return [
    `Plan ${plan.planId.slice(0, 12)} of ${Object.keys(plan.change).join()} in cluster ${plan.cluster}. Nothing was changed.`,
    `Assumed: a task starts in ${seconds(assumptions.startMs)} and stops in ${seconds(assumptions.stopMs)}${assumptions.tasksFail ? "; new tasks fail to start" : ""}.`,
    "",
    ...moveLines(plan),
    ...timelineLines(plan),
    "",
    endLine(plan),
    `Tasks running: ${plan.tasks.before.running} before, ${plan.tasks.running} after; ${plan.tasks.pending} pending.`,
    reservedLine("CPU units", plan.capacity.cpuUnits),
    reservedLine("Memory MiB", plan.capacity.memoryMiB),
    ...(services.length === 0 ? [] : ["", ...table([SERVICE_HEAD, ...services.map(serviceRow)])]),
    ...(unplaced.length === 0 ? [] : ["", ...unplaced.flatMap(unplacedLines)]),
    ...trippedBreakers.map(
      ({ service, taskDefinition, afterMs }) =>
        `\nThe deployment of ${taskDefinition} fails after ${seconds(afterMs)}: the circuit breaker of ${service} trips.`,
    ),
  ].join("\n");
}

function moveLines({ change, moves }: Plan): readonly string[] {
  if (!("rebalance" in change)) return [];
  if (moves.length === 0) return ["No task would stand better elsewhere."];
  const shown = moves.slice(0, MAX_LINES).map(({ task, from, to }) => [task, from, to].map(idOf));
  const more = moves.length - shown.length;
  return [
    ...table([["MOVE", "FROM", "TO"], ...shown]),
    ...(more > 0 ? [`… and ${more} more moves`] : []),
    "",
  ];
}

function timelineLines({ timeline, stepCount }: Plan): readonly string[] {
  if (stepCount === 0) return ["No task starts or stops."];
  const together = [...Map.groupBy(timeline, momentOf).values()];
  const shown = together.slice(0, MAX_LINES);
  const stepsShown = shown.reduce((sum, steps) => sum + steps.length, 0);
  return [
    ...table([
      ["AFTER", "STEP", "TASKS", "GROUP", "REVISION", "ZONES", "WHY"],
      ...shown.map(stepRow),
    ]),
    ...(stepsShown < stepCount
      ? [`… and ${stepCount - stepsShown} more steps; --json has more`]
      : []),
  ];
}

/** Equal for steps that people would tell as one. */
const momentOf = ({ afterMs, step, group, taskDefinition, why }: PlanStep): string =>
  JSON.stringify([seconds(afterMs), step, group, taskDefinition, why]);

function stepRow(steps: readonly PlanStep[]): readonly string[] {
  const [{ afterMs, step, group, taskDefinition, why } = NO_STEP] = steps;
  const zones = Map.groupBy(steps, ({ availabilityZone }) => availabilityZone);
  const counts = Array.from(zones, ([zone, here]) => `${zone} ${here.length}`).toSorted();
  return [
    seconds(afterMs),
    STEPS[step],
    String(steps.length),
    group,
    taskDefinition,
    counts.join(", "),
    why,
  ];
}

const STEPS: Readonly<Record<PlanStep["step"], string>> = {
  place: "start",
  run: "runs",
  stopOrder: "stop",
  stop: "stopped",
};

const NO_STEP = { afterMs: 0, step: "place", group: "", taskDefinition: "", why: "" } as const;

function endLine({ ends, endsAfterMs, assumptions }: Plan): string {
  return ends === "settled"
    ? `Settled after ${seconds(endsAfterMs)}.`
    : `Not settled within ${seconds(assumptions.horizonMs)}.`;
}

const reservedLine = (name: string, { registered, before, most, after }: ReservedForecast) =>
  `${name} reserved: ${before} before, ${most} at most, ${after} after, of ${registered}.`;

const SERVICE_HEAD = [
  "SERVICE",
  "DESIRED",
  "HEALTHY",
  "FEWEST",
  "AFTER",
  "MOST EXTRA",
  "WAITING",
  "ROLLOUT",
];

const serviceRow = (service: ServiceForecast): readonly string[] => [
  service.service,
  String(service.desiredCount),
  String(service.healthy.before),
  `${service.healthy.fewest} (after ${seconds(service.healthy.fewestAfterMs)})`,
  String(service.healthy.after),
  String(service.mostExtraTasks),
  String(service.waiting),
  `${service.rolloutState} ${service.taskDefinition}`,
];

const unplacedLines = ({ group, count, reasons }: UnplacedForecast): readonly string[] => [
  `${group}: ${count} ${count === 1 ? "task finds" : "tasks find"} no place`,
  ...indented(
    reasons.map(({ reason, instances, detail, containerInstanceArn }) => {
      const figures = detail === "" ? "" : `: ${detail}`;
      const one = containerInstanceArn === undefined ? "" : ` (${idOf(containerInstanceArn)}`;
      const others = instances > 1 ? ` and ${instances - 1} more` : "";
      return `${reason}${figures}${one}${others}${one && ")"}`;
    }),
  ),
];

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
