/**
 * Bytes that an item counts for: names and values. Source: DynamoDB developer guide, "DynamoDB item
 * sizes and formats". Expects JSON values.
 */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .reduce((total, [name, value]) => total + utf8(name) + valueSize(value), 0);
}

/** Request units for writing so many bytes: one per KiB begun. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1_024));

function valueSize(value: unknown): number {
  if (typeof value === "string") return utf8(value);
  if (typeof value === "number") return numberSize(value);
  return typeof value === "object" && value !== null ? containerSize(value) : FLAG_BYTES;
}

/** True, false or null. */
const FLAG_BYTES = 1;

/** Three bytes for a list or map, and one more for each element. */
function containerSize(value: object): number {
  const elements = Array.isArray(value)
    ? value.reduce<number>((total, each) => total + valueSize(each), 0)
    : itemSize({ ...value });
  return CONTAINER_BYTES + elements + Object.keys(value).length;
}

const CONTAINER_BYTES = 3;

/** A byte for each pair of significant digits to the base 100, one for exponent, one for a minus. */
function numberSize(value: number): number {
  if (value === 0) return 1;
  const [significant = "", exponent = ""] = Math.abs(value).toExponential().split("e");
  const digits = significant.replace(".", "").length;
  const firstPairIsHalf = Number(exponent) % 2 === 0;
  return 1 + Math.ceil((digits + (firstPairIsHalf ? 1 : 0)) / 2) + (value < 0 ? 1 : 0);
}

const utf8 = (text: string) => Buffer.byteLength(text);
