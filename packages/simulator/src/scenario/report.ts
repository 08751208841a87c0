/** What became of a scenario. All times in ms since its beginning. */
export interface SimulationReport {
  readonly seed: number;
  readonly durationMs: number;
  readonly cluster: string;
  /** Whether the services of the beginning had come to rest within the time that they have for it. */
  readonly beganAtRest: boolean;
  readonly containerInstances: { readonly before: number; readonly after: number };
  readonly samples: Samples;
  readonly services: readonly ServiceReport[];
  readonly deployments: readonly DeploymentReport[];
  readonly events: readonly EventReport[];
  readonly tasks: {
    readonly placed: number;
    readonly started: number;
    /** By stop code and reason; names in a reason are left out. */
    readonly stopped: Readonly<Record<string, number>>;
    /** Starts that had to wait at first, by what the instance that came closest said. */
    readonly waited: Readonly<Record<string, number>>;
  };
  /** Floors and ceilings that Berth itself broke. */
  readonly violations: readonly ViolationReport[];
  /** Errors of the control plane, each of which is a bug. */
  readonly bugs: readonly string[];
}

/** One value for each time. */
export interface Samples {
  readonly atMs: readonly number[];
  readonly services: Readonly<Record<string, ServiceSamples>>;
  /** Tasks of no service that run. */
  readonly standalone: readonly number[];
  readonly connectedInstances: readonly number[];
  readonly cpuUnits: readonly number[];
  readonly memoryMiB: readonly number[];
  readonly registeredCpuUnits: readonly number[];
  readonly registeredMemoryMiB: readonly number[];
}

export interface ServiceSamples {
  readonly desired: number[];
  readonly running: number[];
  readonly pending: number[];
  readonly healthy: number[];
  /** Tasks that are not STOPPED, by availability zone. */
  readonly zones: Record<string, number[]>;
}

export interface ServiceReport {
  readonly service: string;
  readonly desiredCount: number;
  readonly running: number;
  readonly pending: number;
  readonly waiting: number;
  readonly fewestHealthy: number;
  readonly mostTasks: number;
  readonly steady: boolean;
  readonly taskDefinition: string;
}

export type Verdict = "COMPLETED" | "FAILED" | "SUPERSEDED" | "IN_PROGRESS";

export interface DeploymentReport {
  readonly service: string;
  readonly deploymentId: string;
  readonly taskDefinition: string;
  readonly startedMs: number;
  readonly verdict: Verdict;
  /** When the verdict was. */
  readonly endedMs?: number;
}

export interface EventReport {
  readonly atMs: number;
  readonly what: string;
  /** What there is to say about it; of a refusal why. */
  readonly outcome: string;
}

export interface ViolationReport {
  readonly atMs: number;
  readonly service: string;
  readonly text: string;
}
