import { InvalidArgumentError } from "commander";

const UNIT_MS = new Map([
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/**
 * Reads how long ago, such as `10m`, or a time in ISO 8601, and gives it as the latter.
 *
 * @throws InvalidArgumentError
 */
export function sinceTime(text: string, now: number): string {
  const [, count, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ago = Number(count) * (UNIT_MS.get(unit) ?? 0);
  const at = count === undefined ? timeOf(text) : Math.max(0, now - ago);
  if (Number.isFinite(at)) return new Date(at).toISOString();
  throw new InvalidArgumentError("It must be such as 90s, 10m, 2h or 1d, or a time in ISO 8601.");
}

/** A number alone would be a year to JavaScript. */
const timeOf = (text: string): number => (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN);
