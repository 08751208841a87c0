import { invalid } from "./refusal.ts";

/**
 * A place between two events: all that compare as equal or greater lie after it. Events are ordered by
 * their time, and those of one time by when they came.
 */
export interface EventCut {
  /** Epoch ms. */
  readonly timestamp: number;
  /** Grows from one PutLogEvents to the next. */
  readonly block: number;
  /** Within its block. */
  readonly index: number;
}

export const START: EventCut = { timestamp: 0, block: 0, index: 0 };

export const compareCuts = (a: EventCut, b: EventCut): number =>
  a.timestamp - b.timestamp || a.block - b.block || a.index - b.index;

export const before = ({ timestamp, block, index }: EventCut): EventCut => ({
  timestamp,
  block,
  index,
});

export const after = ({ timestamp, block, index }: EventCut): EventCut => ({
  timestamp,
  block,
  index: index + 1,
});

/** What a token leads to: on from a cut, or back from it. */
export type Direction = "f" | "b";

export const tokenOf = (direction: Direction, { timestamp, block, index }: EventCut): string =>
  `${direction}/${timestamp}.${block}.${index}`;

/** @throws LogsRefusal InvalidParameterException */
export function readToken(token: string): {
  readonly direction: Direction;
  readonly cut: EventCut;
} {
  const match = /^([fb])\/(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(token);
  if (!match) throw invalid("The specified nextToken is invalid.");
  const [timestamp = 0, block = 0, index = 0] = match.slice(2).map(Number);
  return { direction: match[1] === "b" ? "b" : "f", cut: { timestamp, block, index } };
}

/** Of an event, by all digits of its place, so that ids sort as their events do. */
export const eventIdOf = ({ timestamp, block, index }: EventCut): string =>
  [timestamp, block].map((each) => String(each).padStart(20, "0")).join("") +
  String(index).padStart(16, "0");
