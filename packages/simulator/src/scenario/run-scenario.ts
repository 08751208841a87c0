import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import { isRefusal } from "../world/refusal.ts";
import { ServiceBounds } from "../world/service-bounds.ts";
import { act } from "./act.ts";
import { Deployments } from "./deployments.ts";
import { eventText } from "./event-text.ts";
import type { EventReport, ServiceReport, SimulationReport } from "./report.ts";
import { Sampler } from "./sampler.ts";
import type { Scenario, ScenarioEvent } from "./scenario.ts";
import { setStage } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { TaskCounts } from "./task-counts.ts";

/** Told now and then while a long scenario runs. Nothing of the report depends on it. */
export type Progress = (text: string) => void;

const PROGRESS_STEPS = 10;

/** Plays a scenario. Equal scenarios give equal reports. */
export async function runScenario(
  scenario: Scenario,
  progress: Progress = () => undefined,
): Promise<SimulationReport> {
  progress(`${scenario.instances.reduce((sum, { count }) => sum + count, 0)} instances join`);
  const stage = await setStage(scenario);
  progress(`${stage.view.tasks.size} tasks run`);
  const witnesses = watch(stage);
  witnesses.sampler.start(scenario.durationMs);
  for (const event of scenario.events) schedule(stage, event, witnesses);
  await play(stage, scenario.durationMs, progress);
  return reportOf(stage, scenario, witnesses);
}

interface Witnesses {
  /** Epoch ms. */
  readonly start: number;
  readonly instancesBefore: number;
  readonly sampler: Sampler;
  readonly deployments: Deployments;
  readonly bounds: ServiceBounds;
  readonly counts: TaskCounts;
  readonly events: EventReport[];
}

const watch = (stage: Stage): Witnesses => ({
  start: stage.world.scheduler.now,
  instancesBefore: countInstances(stage),
  sampler: new Sampler(stage),
  deployments: new Deployments(stage.view, stage.world.scheduler),
  bounds: new ServiceBounds(stage.view, stage.world.scheduler),
  counts: new TaskCounts(stage.view),
  events: [],
});

function schedule(
  stage: Stage,
  { atMs, times, action }: ScenarioEvent,
  { events }: Witnesses,
): void {
  const { world } = stage;
  const perform = async () => {
    const outcomes: string[] = [];
    for (let time = 0; time < times; time += 1) {
      outcomes.push(await act(stage, action).catch(refusalText));
    }
    const told = [...new Set(outcomes)].filter((outcome) => outcome !== "");
    events.push({ atMs, what: eventText(action, times), outcome: told.join("; ") });
  };
  world.scheduler.after(atMs, () => world.spawn(perform));
}

function refusalText(error: unknown): string {
  if (isRefusal(error)) return `refused: ${error.code}: ${error.message}`;
  throw error;
}

async function play({ world }: Stage, durationMs: number, progress: Progress): Promise<void> {
  const { scheduler } = world;
  const start = scheduler.now;
  for (let step = 1; step <= PROGRESS_STEPS && world.bugs.length === 0; step += 1) {
    await scheduler.runUntil(start + Math.round((durationMs * step) / PROGRESS_STEPS));
    progress(`${Math.round((durationMs * step) / PROGRESS_STEPS / 1_000)} s have passed`);
  }
}

function reportOf(stage: Stage, scenario: Scenario, witnesses: Witnesses): SimulationReport {
  const { world, view } = stage;
  const { counts, deployments, bounds, events, sampler, start, instancesBefore } = witnesses;
  return {
    seed: scenario.seed,
    durationMs: scenario.durationMs,
    cluster: scenario.cluster,
    beganAtRest: stage.isAtRest,
    containerInstances: { before: instancesBefore, after: countInstances(stage) },
    samples: sampler.samples,
    services: [...view.services.values()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((service) => serviceReport(stage, service, counts)),
    deployments: deployments.reports,
    events,
    tasks: {
      placed: counts.placed,
      started: counts.started,
      stopped: sorted(counts.stopped),
      waited: sorted(counts.waited),
    },
    violations: bounds.violations.map(({ at, service, text }) => ({
      atMs: at - start,
      service,
      text,
    })),
    bugs: world.bugs.map((error) => (error instanceof Error ? (error.stack ?? "") : String(error))),
  };
}

function serviceReport({ view }: Stage, service: Service, counts: TaskCounts): ServiceReport {
  const { running, pending } = view.tallyOf(serviceGroup(service.name));
  return {
    service: service.name,
    desiredCount: service.desiredCount,
    running,
    pending,
    waiting: service.plannedStarts.filter(({ unplaced }) => unplaced !== undefined).length,
    ...counts.extremesOf(service.name),
    steady: service.steady,
    taskDefinition: service.taskDefinition ?? "",
  };
}

const countInstances = ({ world }: Stage): number => world.agents.filter(({ isOn }) => isOn).length;

/** The most frequent first. */
const sorted = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(counts).toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)),
  );
