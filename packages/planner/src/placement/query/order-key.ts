import type { Subject } from "./expression.ts";

/**
 * Numbers that order texts of a subject, or undefined where the text is none of its kind: dotted
 * numbers for versions, counts and attributes, epoch ms for `registeredAt`.
 */
export function orderKey(subject: Subject, text: string): readonly number[] | undefined {
  return subject.kind === "registeredAt" ? instant(text) : dottedNumber(text);
}

/** Parts that one of them lacks count as 0: 1.27 is 1.27.0. */
export function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const dottedNumber = (text: string): readonly number[] | undefined =>
  /^\d+(\.\d+)*$/.test(text) ? text.split(".").map(Number) : undefined;

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))?)?$/;

/** ISO 8601; UTC where no zone is given. By hand, for planners have no `Date`. */
function instant(text: string): readonly number[] | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (!isDay(year, month, day)) return undefined;
  const [, , , , , , , sign, zoneHour, zoneMinute] = match;
  const zone = (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)) * (sign === "-" ? -1 : 1);
  const minutes = (daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - zone;
  return [(minutes * 60 + second) * 1000];
}

/** The first of the next month is that much later. */
function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const next = month === 12 ? daysSinceEpoch(year + 1, 1, 1) : daysSinceEpoch(year, month + 1, 1);
  return daysSinceEpoch(year, month, day) < next;
}

/** Of a day in the Gregorian calendar; years are counted from March, so that a leap day ends one. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
