/**
 * The events that one machine's bus took: lines of JSON in numbered files below `events/` of the data
 * directory, the oldest of which go. A line that is no JSON is the rest of a write that died.
 */
const SEGMENT = /^(\d{8})\.jsonl$/;

export const segmentName = (number: number): string => `${String(number).padStart(8, "0")}.jsonl`;

/** Numbers of the files of the log among those of a directory, oldest first. */
export function segmentNumbers(fileNames: readonly string[]): readonly number[] {
  return fileNames
    .flatMap((name) => SEGMENT.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}
