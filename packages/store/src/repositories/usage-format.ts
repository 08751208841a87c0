import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { ContainerUsage, StorageTotals, Traffic } from "@berth/domain/container-usage";

/**
 * Ten containers in one write unit: figures without their names, zipped. Counters are exact, since
 * differences are made of them; of what goes up and down, three digits say enough.
 */
type Row = readonly [
  taskId: string,
  container: string,
  cpuAverage: number,
  cpuMaximum: number,
  memoryAverage: number,
  memoryMaximum: number,
  received: TrafficRow | 0,
  sent: TrafficRow | 0,
  storage: StorageRow | 0,
];
type TrafficRow = readonly [
  bytes: number,
  packets: number,
  errors: number,
  dropped: number,
  bytesPerSecond: number,
];
type StorageRow = readonly [readBytes: number, writtenBytes: number];

const BEST_LEVEL = 9;

export function zipUsage(containers: readonly ContainerUsage[]): string {
  const text = JSON.stringify(containers.map(toRow));
  return deflateRawSync(text, { level: BEST_LEVEL }).toString("base64");
}

export function unzipUsage(zipped: string): readonly ContainerUsage[] {
  const text = inflateRawSync(Buffer.from(zipped, "base64")).toString("utf8");
  return (JSON.parse(text) as readonly Row[]).map(fromRow);
}

function toRow(usage: ContainerUsage): Row {
  const { taskId, container, cpuPercent, memoryMiB, received, sent, storage } = usage;
  return [
    taskId,
    container,
    rounded(cpuPercent.average),
    rounded(cpuPercent.maximum),
    rounded(memoryMiB.average),
    rounded(memoryMiB.maximum),
    received ? toTrafficRow(received) : 0,
    sent ? toTrafficRow(sent) : 0,
    storage ? [storage.readBytes, storage.writtenBytes] : 0,
  ];
}

function fromRow(row: Row): ContainerUsage {
  const [taskId, container, cpuAverage, cpuMaximum, memoryAverage, memoryMaximum] = row;
  const [, , , , , , received, sent, storage] = row;
  return {
    taskId,
    container,
    cpuPercent: { average: cpuAverage, maximum: cpuMaximum },
    memoryMiB: { average: memoryAverage, maximum: memoryMaximum },
    ...(received && { received: fromTrafficRow(received) }),
    ...(sent && { sent: fromTrafficRow(sent) }),
    ...(storage && { storage: fromStorageRow(storage) }),
  };
}

const toTrafficRow = (traffic: Traffic): TrafficRow => [
  traffic.bytes,
  traffic.packets,
  traffic.errors,
  traffic.dropped,
  rounded(traffic.bytesPerSecond),
];

const fromTrafficRow = ([
  bytes,
  packets,
  errors,
  dropped,
  bytesPerSecond,
]: TrafficRow): Traffic => ({ bytes, packets, errors, dropped, bytesPerSecond });

const fromStorageRow = ([readBytes, writtenBytes]: StorageRow): StorageTotals => ({
  readBytes,
  writtenBytes,
});

const rounded = (value: number): number => Number(value.toPrecision(3));
