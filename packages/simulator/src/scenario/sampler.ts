import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { ServiceSamples, Samples } from "./report.ts";
import type { Stage } from "./stage.ts";

/** About as many samples as a chart has pixels for. */
const SAMPLES = 400;
const LEAST_INTERVAL_MS = 1_000;

/** Writes down how things are, again and again. */
export class Sampler {
  readonly #stage: Stage;
  readonly #start: number;
  readonly #services = new Map<string, ServiceSamples>();
  readonly #series = {
    atMs: [] as number[],
    standalone: [] as number[],
    connectedInstances: [] as number[],
    cpuUnits: [] as number[],
    memoryMiB: [] as number[],
    registeredCpuUnits: [] as number[],
    registeredMemoryMiB: [] as number[],
  };

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#start = stage.world.scheduler.now;
  }

  get samples(): Samples {
    return { ...this.#series, services: Object.fromEntries(this.#services) };
  }

  /** From now until so much later. */
  start(durationMs: number): void {
    const { scheduler } = this.#stage.world;
    const interval = Math.max(LEAST_INTERVAL_MS, Math.ceil(durationMs / SAMPLES));
    const again = () => {
      this.#sample();
      if (scheduler.now + interval <= this.#start + durationMs) scheduler.after(interval, again);
    };
    again();
  }

  #sample(): void {
    const { world, view, registered } = this.#stage;
    const { reserved, tallies } = view;
    const series = this.#series;
    series.atMs.push(world.scheduler.now - this.#start);
    series.cpuUnits.push(reserved.cpuUnits);
    series.memoryMiB.push(reserved.memoryMiB);
    series.registeredCpuUnits.push(registered.cpuUnits);
    series.registeredMemoryMiB.push(registered.memoryMiB);
    series.connectedInstances.push(world.agents.filter(({ isOn }) => isOn).length);
    let standalone = 0;
    for (const [group, { running }] of tallies) {
      if (!group.startsWith(serviceGroup(""))) standalone += running;
    }
    series.standalone.push(standalone);
    for (const service of view.services.values()) this.#sampleService(service);
  }

  /** A service that came later has no tasks before. */
  #sampleService({ name, desiredCount }: Service): void {
    const before = this.#series.atMs.length - 1;
    const known = this.#services.get(name);
    const samples = known ?? emptySamples(before);
    if (!known) this.#services.set(name, samples);
    const { running, pending, healthy, zones } = this.#stage.view.tallyOf(serviceGroup(name));
    samples.desired.push(desiredCount);
    samples.running.push(running);
    samples.pending.push(pending);
    samples.healthy.push(healthy);
    for (const zone of zones.keys()) samples.zones[zone] ??= zeros(before);
    for (const [zone, counts] of Object.entries(samples.zones)) counts.push(zones.get(zone) ?? 0);
  }
}

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

const emptySamples = (before: number): ServiceSamples => ({
  desired: zeros(before),
  running: zeros(before),
  pending: zeros(before),
  healthy: zeros(before),
  zones: {},
});
