import type { PayloadTask } from "@berth/contracts/agent/messages";

/** What a quota of the processor is counted in. */
export const PERIOD_US = 100_000;
const MIN_QUOTA_US = 1_000;
const MIN_SHARES = 2;
const BYTES_PER_MIB = 1_048_576;

/** Of every period. The engine and the kernel refuse less. */
export const quotaUs = (vcpus: number): number =>
  Math.max(MIN_QUOTA_US, Math.round(vcpus * PERIOD_US));

export const memoryBytes = (memoryMiB: number): number => memoryMiB * BYTES_PER_MIB;

/** A task without a size of its own counts for as much as its containers together. */
export function sharesOf({ containers }: PayloadTask): number {
  return Math.max(
    MIN_SHARES,
    containers.reduce((sum, { cpu = 0 }) => sum + cpu, 0),
  );
}

/** From 2..262144 to 1..10000, as container runtimes do it. */
export const weightOf = (shares: number): number =>
  1 + Math.floor(((shares - 2) * 9_999) / 262_142);
