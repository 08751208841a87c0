import { expect, test } from "vitest";
import { boundsOf } from "./bounds.ts";

test.each([
  { desired: 4, minimum: 100, maximum: 200, floor: 4, ceiling: 8 },
  { desired: 3, minimum: 50, maximum: 150, floor: 2, ceiling: 4 },
  { desired: 1, minimum: 50, maximum: 100, floor: 1, ceiling: 1 },
  { desired: 3, minimum: 100, maximum: 133, floor: 3, ceiling: 3 },
  { desired: 100, minimum: 7, maximum: 107, floor: 7, ceiling: 107 },
  { desired: 5, minimum: 0, maximum: 100, floor: 0, ceiling: 5 },
  { desired: 0, minimum: 100, maximum: 200, floor: 0, ceiling: 0 },
])(
  "$desired tasks at $minimum/$maximum stay between $floor and $ceiling",
  ({ desired, minimum, maximum, floor, ceiling }) => {
    expect(boundsOf(desired, { minimumHealthyPercent: minimum, maximumPercent: maximum })).toEqual({
      floor,
      ceiling,
    });
  },
);
