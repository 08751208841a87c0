/**
 * The events that one machine's bus took: lines of JSON in numbered files below `events/` of the data
 * directory, the oldest of which go. A line that is no JSON is the rest of a write that died.
 */
export interface LoggedEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, in whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

const SEGMENT = /^(\d{8})\.jsonl$/;

export const segmentName = (number: number): string => `${String(number).padStart(8, "0")}.jsonl`;

/** Numbers of the files of the log among those of a directory, oldest first. */
export function segmentNumbers(fileNames: readonly string[]): readonly number[] {
  return fileNames
    .flatMap((name) => SEGMENT.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}
