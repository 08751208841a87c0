import type { Samples, ServiceSamples, SimulationReport } from "../scenario/report.ts";

/** One line of a chart. */
export interface Line {
  readonly label: string;
  readonly values: readonly number[];
}

export interface Chart {
  /** Under which heading of the page. */
  readonly section: "cluster" | "services";
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
}

/** A page of a hundred services shows the largest. */
const MAX_SERVICES = 12;

/** What the page draws, in its order. */
export function chartsOf({ samples }: SimulationReport): readonly Chart[] {
  const services = Object.entries(samples.services);
  const largest = services
    .toSorted(([a, one], [b, other]) => most(other.desired) - most(one.desired) || (a < b ? -1 : 1))
    .slice(0, MAX_SERVICES);
  return [
    ...(services.length > 1 ? [totalChart(samples)] : []),
    capacityChart(samples),
    instancesChart(samples),
    ...largest.flatMap(([name, each]) => [
      tasksChart(`Tasks of ${name}`, each),
      zonesChart(name, each),
    ]),
  ];
}

export const isCutShort = ({ samples }: SimulationReport): boolean =>
  Object.keys(samples.services).length > MAX_SERVICES;

function totalChart({ services, standalone }: Samples): Chart {
  const all = Object.values(services);
  const total = (values: (each: ServiceSamples) => readonly number[]) =>
    standalone.map((_, index) => all.reduce((sum, each) => sum + (values(each)[index] ?? 0), 0));
  const lines = [
    { label: "desired", values: total(({ desired }) => desired) },
    { label: "running", values: total(({ running }) => running) },
    { label: "pending", values: total(({ pending }) => pending) },
    { label: "healthy", values: total(({ healthy }) => healthy) },
    ...(most(standalone) > 0 ? [{ label: "standalone", values: standalone }] : []),
  ];
  return { section: "cluster", title: "Tasks of all services", unit: "tasks", lines };
}

const tasksChart = (
  title: string,
  { desired, running, pending, healthy }: ServiceSamples,
): Chart => ({
  section: "services",
  title,
  unit: "tasks",
  lines: [
    { label: "desired", values: desired },
    { label: "running", values: running },
    { label: "pending", values: pending },
    { label: "healthy", values: healthy },
  ],
});

const zonesChart = (name: string, { zones }: ServiceSamples): Chart => ({
  section: "services",
  title: `Spread of ${name} over zones`,
  unit: "tasks",
  lines: Object.keys(zones)
    .toSorted()
    .map((zone) => ({ label: zone || "no zone", values: zones[zone] ?? [] })),
});

const capacityChart = (samples: Samples): Chart => ({
  section: "cluster",
  title: "Reserved, of what is registered",
  unit: "%",
  lines: [
    { label: "cpu", values: shares(samples.cpuUnits, samples.registeredCpuUnits) },
    { label: "memory", values: shares(samples.memoryMiB, samples.registeredMemoryMiB) },
  ],
});

const instancesChart = ({ connectedInstances }: Samples): Chart => ({
  section: "cluster",
  title: "Container instances",
  unit: "instances",
  lines: [{ label: "on", values: connectedInstances }],
});

const shares = (parts: readonly number[], wholes: readonly number[]): readonly number[] =>
  parts.map((part, index) => Math.round((1_000 * part) / (wholes[index] || 1)) / 10);

const most = (values: readonly number[]): number =>
  values.reduce((highest, value) => Math.max(highest, value), 0);
