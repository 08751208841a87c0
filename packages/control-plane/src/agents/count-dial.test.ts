import type { Dials } from "@berth/domain/session";
import { expect, test } from "vitest";
import { countDial } from "./count-dial.ts";

/** How many of so many dials are let in, one every `everyMs`. */
function letIn(count: number, everyMs: number): number {
  let dials: Dials | undefined;
  let admitted = 0;
  for (let index = 0; index < count; index += 1) {
    const next = countDial(dials, index * everyMs);
    if (!next) continue;
    dials = next;
    admitted += 1;
  }
  return admitted;
}

test.each([
  { name: "ten at once", count: 10, everyMs: 0, admitted: 10 },
  { name: "eleven at once", count: 11, everyMs: 0, admitted: 10 },
  { name: "a storm of ten minutes", count: 6_000, everyMs: 100, admitted: 100 },
  { name: "one every ten seconds", count: 100, everyMs: 10_000, admitted: 100 },
])("lets in $admitted of $name", ({ count, everyMs, admitted }) => {
  expect(letIn(count, everyMs)).toBe(admitted);
});
