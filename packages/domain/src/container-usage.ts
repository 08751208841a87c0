/** What an agent said at one moment of what its containers used since it spoke last. */
export interface UsageReport {
  readonly cluster: string;
  readonly containerInstanceId: string;
  /** Epoch ms. */
  readonly at: number;
  readonly containers: readonly ContainerUsage[];
}

export interface ContainerUsage {
  readonly taskId: string;
  readonly container: string;
  /** Percent of its container instance's cpu. */
  readonly cpuPercent: Samples;
  readonly memoryMiB: Samples;
  /** Absent where it has no network of its own. */
  readonly received?: Traffic;
  readonly sent?: Traffic;
  /** Absent where the engine does not count it. */
  readonly storage?: StorageTotals;
}

export interface Samples {
  readonly average: number;
  readonly maximum: number;
}

/** Since the container started, and at which pace of late. */
export interface Traffic {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
  readonly bytesPerSecond: number;
}

/** Bytes since the container started. */
export interface StorageTotals {
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** So long is a report kept. */
export const USAGE_KEPT_MS = 3_600_000;

/** Agents tell every 20 s: who was silent for three times as long uses nobody knows how much. */
export const USAGE_CURRENT_MS = 60_000;
