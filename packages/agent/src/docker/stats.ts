import type Docker from "dockerode";
import type { NetworkCounters, ReadContainer, Reading, StorageCounters } from "../usage/reading.ts";

/**
 * The part of the Engine API's container statistics that is used. Source: Docker Engine API 1.41,
 * `GET /containers/{id}/stats`. What a cgroup version or a network mode does not have is absent.
 */
export interface EngineStats {
  /** RFC 3339, with nanoseconds. */
  readonly read: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?:
      | readonly { readonly op: string; readonly value: number }[]
      | null;
  };
  readonly networks?: Readonly<Record<string, InterfaceStats>>;
}

interface InterfaceStats {
  readonly rx_bytes: number;
  readonly rx_packets: number;
  readonly rx_errors: number;
  readonly rx_dropped: number;
  readonly tx_bytes: number;
  readonly tx_packets: number;
  readonly tx_errors: number;
  readonly tx_dropped: number;
}

/**
 * Reads containers of this engine, at one look each. Without `one-shot` the engine would wait a second
 * or two for a second look, which the agent takes by itself.
 */
export const statsReader =
  (docker: Docker): ReadContainer =>
  async (dockerId, signal) => {
    const options = { stream: false as const, "one-shot": true, abortSignal: signal };
    return readingOf(await docker.getContainer(dockerId).stats(options));
  };

/** @throws Error where the container does not run: then the engine says that nothing was read */
export function readingOf(stats: EngineStats): Reading {
  const at = epochMs(stats.read);
  if (at === undefined || stats.memory_stats.usage === undefined) {
    throw new Error("the engine has no statistics of the container");
  }
  const network = stats.networks && networkOf(Object.values(stats.networks));
  const memoryLimitBytes = stats.memory_stats.limit;
  return {
    at,
    cpuNs: stats.cpu_stats.cpu_usage.total_usage,
    memoryBytes: memoryInUse(stats.memory_stats.usage, stats.memory_stats.stats),
    ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
    ...(network && { network }),
    storage: storageOf(stats),
  };
}

/**
 * `cache` is cgroup version 1's word, and what amazon-ecs-agent takes off; version 2 has no such sum
 * there, and Docker's own command takes off `inactive_file`.
 */
function memoryInUse(usage: number, stats: Readonly<Record<string, number>> = {}): number {
  const ofFiles = stats["cache"] ?? stats["inactive_file"] ?? 0;
  return ofFiles < usage ? usage - ofFiles : usage;
}

function networkOf(interfaces: readonly InterfaceStats[]): NetworkCounters {
  const sum = (name: keyof InterfaceStats) =>
    interfaces.reduce((total, each) => total + each[name], 0);
  return {
    rxBytes: sum("rx_bytes"),
    rxPackets: sum("rx_packets"),
    rxErrors: sum("rx_errors"),
    rxDropped: sum("rx_dropped"),
    txBytes: sum("tx_bytes"),
    txPackets: sum("tx_packets"),
    txErrors: sum("tx_errors"),
    txDropped: sum("tx_dropped"),
  };
}

/** Version 1 says `Read`, version 2 `read`; there are sums and others beside them. */
function storageOf({ blkio_stats }: EngineStats): StorageCounters {
  const entries = blkio_stats?.io_service_bytes_recursive ?? [];
  const sum = (op: string) =>
    entries.reduce((total, each) => (each.op.toLowerCase() === op ? total + each.value : total), 0);
  return { readSizeBytes: sum("read"), writeSizeBytes: sum("write") };
}

/** The engine says "never" as a date in the year 1. */
function epochMs(text: string): number | undefined {
  const ms = Date.parse(text);
  if (!(ms > 0)) return undefined;
  const [, nanoseconds = ""] = /\.\d{3}(\d{1,6})/.exec(text) ?? [];
  return ms + Number(`0.${nanoseconds}0`);
}
