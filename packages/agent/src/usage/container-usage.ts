import type { ContainerMetric } from "@berth/contracts/agent/container-metrics";
import type { Reading } from "./reading.ts";
import { Samples } from "./samples.ts";

/** What a container has used, in the form in which it is told. */
export type Usage = Omit<ContainerMetric, "containerName">;

const CPU_UNITS_PER_CORE = 1_024;
const NS_PER_MS = 1e6;
const MS_PER_SECOND = 1_000;
const BYTES_PER_MIB = 1_048_576;

const NETWORK_COUNTERS = [
  "rxBytes",
  "rxPackets",
  "rxErrors",
  "rxDropped",
  "txBytes",
  "txPackets",
  "txErrors",
  "txDropped",
] as const;
const STORAGE_COUNTERS = ["readSizeBytes", "writeSizeBytes"] as const;

type Counter = (typeof NETWORK_COUNTERS)[number] | (typeof STORAGE_COUNTERS)[number];
type Figure = Counter | "cpu" | "memory" | "rxBytesPerSecond" | "txBytesPerSecond";

/**
 * Makes the protocol's statistics of readings of one container. Counters are told as they are; of
 * processor time and of the network's bytes it tells rates as well, for which it takes two readings.
 */
export class ContainerUsage {
  readonly #nsPerPercent: number;
  readonly #figures = new Map<Figure, Samples>();
  #last: Reading | undefined;

  /** @param cpuUnits of the container instance: percent are percent of those, as with amazon-ecs-agent */
  constructor(cpuUnits: number) {
    this.#nsPerPercent = (cpuUnits / CPU_UNITS_PER_CORE) * (NS_PER_MS / 100);
  }

  add(reading: Reading): void {
    const { network, storage } = reading;
    this.#sample("memory", reading.memoryBytes / BYTES_PER_MIB);
    for (const name of STORAGE_COUNTERS) this.#sample(name, storage[name]);
    if (network) for (const name of NETWORK_COUNTERS) this.#sample(name, network[name]);
    if (this.#last) this.#addRates(this.#last, reading);
    this.#last = reading;
  }

  /** What was read since the last time; undefined before there is a rate of processor time. */
  take(): Usage | undefined {
    const cpuStatsSet = this.#figures.get("cpu")?.take();
    if (!cpuStatsSet) return undefined;
    const memoryStatsSet = this.#figures.get("memory")?.take() ?? NOTHING;
    const network = this.#counters(NETWORK_COUNTERS);
    const storageStatsSet = this.#counters(STORAGE_COUNTERS);
    const rxBytesPerSecond = this.#figures.get("rxBytesPerSecond")?.take();
    const txBytesPerSecond = this.#figures.get("txBytesPerSecond")?.take();
    return {
      cpuStatsSet,
      memoryStatsSet,
      ...(network && { networkStatsSet: { ...network, rxBytesPerSecond, txBytesPerSecond } }),
      ...(storageStatsSet && { storageStatsSet }),
    };
  }

  /** Counters begin anew where the container did, and then there is nothing to compare with. */
  #addRates(last: Reading, reading: Reading): void {
    const ms = reading.at - last.at;
    const cpuNs = reading.cpuNs - last.cpuNs;
    if (ms <= 0 || cpuNs < 0) return;
    this.#sample("cpu", cpuNs / ms / this.#nsPerPercent);
    if (!reading.network || !last.network) return;
    for (const name of ["rxBytes", "txBytes"] as const) {
      const bytes = reading.network[name] - last.network[name];
      if (bytes >= 0) this.#sample(`${name}PerSecond`, (bytes / ms) * MS_PER_SECOND);
    }
  }

  #sample(figure: Figure, value: number): void {
    const samples = this.#figures.get(figure) ?? new Samples();
    this.#figures.set(figure, samples);
    samples.add(value);
  }

  #counters<Name extends Counter>(names: readonly Name[]) {
    const sets = names.map((name) => [name, this.#figures.get(name)?.take()] as const);
    if (sets.some(([, set]) => set === undefined)) return undefined;
    return Object.fromEntries(sets) as Record<Name, typeof NOTHING>;
  }
}

const NOTHING = { min: 0, max: 0, sum: 0, sampleCount: 1 };
