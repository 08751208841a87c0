import { groupHash } from "@berth/domain/group-hash";
import type { ControlPlane } from "./context.ts";

type Random = Pick<ControlPlane, "randomHex">;

/** Hex digits of a task id that do not stand for its group. */
export const TASK_SUFFIX_LENGTH = 24;

/** 32 hex digits, the first eight of them the hash of the group. */
export const randomTaskId = (random: Random, group: string): string =>
  groupHash(group) + random.randomHex(TASK_SUFFIX_LENGTH);

/** A dashed UUID, version 4: the form of container ids and of service events. */
export function randomUuid(random: Random): string {
  const hex = random.randomHex(32);
  // The variant's two high bits are fixed, so that its digit is one of these four.
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}

/** `ecs-svc/` and 19 digits, of which the first is not 0. */
export function randomDeploymentId(random: Random): string {
  const first = 10n ** 18n;
  return `ecs-svc/${first + (BigInt(`0x${random.randomHex(16)}`) % (9n * first))}`;
}
