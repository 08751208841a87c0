import { taskIdOf } from "@berth/domain/task-id";
import type { ControlPlane } from "./context.ts";

type Random = Pick<ControlPlane, "randomHex">;

/** 32 hex digits, the first of them those of the group. */
export const randomTaskId = (random: Random, group: string): string =>
  taskIdOf(group, random.randomHex(24));

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

/** In the order of code units, so that ids sort as the numbers that they begin with. */
const ID_ALPHABET = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const TIME_DIGITS = 7;
const RANDOM_DIGITS = 14;
/** The last moment, in the year 2109, that seven digits can tell. */
const LAST_MS = 2 ** 42 - 1;

/** 21 characters; the later it is made the earlier it sorts. */
export function randomServiceDeploymentId(random: Random & Pick<ControlPlane, "now">): string {
  const untilLast = BigInt(LAST_MS - random.now());
  const randomness = BigInt(`0x${random.randomHex((RANDOM_DIGITS * 6) / 4)}`);
  return digits(untilLast, TIME_DIGITS) + digits(randomness, RANDOM_DIGITS);
}

const digits = (value: bigint, count: number): string =>
  Array.from({ length: count }, (_, index) => {
    const place = BigInt(count - 1 - index);
    return ID_ALPHABET[Number((value >> (6n * place)) & 63n)];
  }).join("");
