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
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))?)?$/;

/** ISO 8601; UTC where no zone is given. By hand, for planners have no `Date`. */
function instant(text: string): readonly number[] | undefined {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const [, , , , , , , sign, zoneHour, zoneMinute] = match;
  const zone = (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)) * (sign === "-" ? -1 : 1);
  const minutes = (daysSinceEpoch(year, month, day) * 24 + (hour ?? 0)) * 60 + (minute ?? 0) - zone;
  return [(minutes * 60 + (second ?? 0)) * 1000];
}

/** Of a day in the Gregorian calendar; years are counted from March, so that a leap day ends one. */
function daysSinceEpoch(year = 1970, month = 1, day = 1): number {
  const marchYear = month > 2 ? year : year - 1;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
