import type {
  DeploymentReport,
  EventReport,
  ServiceReport,
  SimulationReport,
} from "../scenario/report.ts";

/** As many rows as a table of a large scenario shows. */
const MAX_ROWS = 50;

/** The report for people in a terminal. */
export function reportText(report: SimulationReport): string {
  const { services, deployments, events, tasks, violations, bugs } = report;
  const sections = [
    headLines(report),
    tableLines(SERVICE_HEAD, services.map(serviceRow)),
    tableLines(DEPLOYMENT_HEAD, deployments.map(deploymentRow)),
    tableLines(["AFTER", "EVENT", "OUTCOME"], events.map(eventRow)),
    countLines("Tasks stopped", tasks.stopped),
    countLines("Tasks that had to wait for a place", tasks.waited),
    violations.map(
      ({ atMs, service, text }) => `VIOLATION after ${seconds(atMs)}: ${service}: ${text}`,
    ),
    bugs.map((bug) => `BUG: ${bug}`),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headLines(report: SimulationReport): readonly string[] {
  const { seed, durationMs, cluster, containerInstances, tasks, violations } = report;
  return [
    `Simulated ${seconds(durationMs)} of cluster ${cluster} with seed ${seed}.`,
    ...restlessText(report),
    `Container instances: ${containerInstances.before} before, ${containerInstances.after} after.`,
    `Tasks: ${tasks.placed} placed, ${tasks.started} started.`,
    violations.length === 0
      ? "Floors and ceilings of all services held."
      : `Floors or ceilings were broken ${violations.length} times.`,
  ];
}

/** What there is to say of the beginning: that the services never came to rest. */
export const restlessText = ({ beganAtRest }: SimulationReport): readonly string[] =>
  beganAtRest
    ? []
    : ["The services had not come to rest an hour after they were created, when it began."];

const SERVICE_HEAD = [
  "SERVICE",
  "DESIRED",
  "RUNNING",
  "PENDING",
  "WAITING",
  "FEWEST HEALTHY",
  "MOST TASKS",
  "REVISION",
  "STEADY",
];

const serviceRow = (each: ServiceReport): readonly string[] => [
  each.service,
  String(each.desiredCount),
  String(each.running),
  String(each.pending),
  String(each.waiting),
  String(each.fewestHealthy),
  String(each.mostTasks),
  each.taskDefinition,
  each.steady ? "yes" : "no",
];

const DEPLOYMENT_HEAD = ["DEPLOYMENT OF", "REVISION", "BEGAN", "VERDICT", "AFTER"];

const deploymentRow = (each: DeploymentReport): readonly string[] => [
  each.service,
  each.taskDefinition,
  seconds(each.startedMs),
  each.verdict,
  each.endedMs === undefined ? "" : seconds(each.endedMs - each.startedMs),
];

const eventRow = ({ atMs, what, outcome }: EventReport): readonly string[] => [
  seconds(atMs),
  what,
  outcome,
];

function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const shown = [head, ...rows.slice(0, MAX_ROWS)];
  const widths = head.map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  const more = rows.length - MAX_ROWS;
  return [
    ...shown.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    ),
    ...(more > 0 ? [`… and ${more} more, in --json`] : []),
  ];
}

function countLines(what: string, counts: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(counts);
  if (entries.length === 0) return [];
  return [`${what}:`, ...entries.map(([reason, count]) => `  ${count}  ${reason}`)];
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
