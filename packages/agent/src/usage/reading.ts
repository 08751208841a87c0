/** What an engine says of a running container at one moment. */
export interface Reading {
  /** Epoch ms, with their fraction, by the engine's clock. */
  readonly at: number;
  /** Nanoseconds of processor time since it started, of all cores together. */
  readonly cpuNs: number;
  /** Without what the kernel keeps of files and can drop at any time. */
  readonly memoryBytes: number;
  /** Absent where it has none. */
  readonly memoryLimitBytes?: number;
  /** Absent where the container has no network of its own. */
  readonly network?: NetworkCounters;
  readonly storage: StorageCounters;
}

/** Since the container started, over all of its interfaces. */
export interface NetworkCounters {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txErrors: number;
  readonly txDropped: number;
}

/** Bytes since the container started. */
export interface StorageCounters {
  readonly readSizeBytes: number;
  readonly writeSizeBytes: number;
}

/** Reads a container, by the engine's id of it. Gives up when the signal aborts. */
export type ReadContainer = (dockerId: string, signal: AbortSignal) => Promise<Reading>;
