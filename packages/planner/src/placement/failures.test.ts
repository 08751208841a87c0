import { describe, expect, test } from "vitest";
import { closest } from "./failures.ts";

const failure = (reason: string, containerInstanceId?: string) =>
  containerInstanceId === undefined ? { reason } : { reason, containerInstanceId };

describe("the failures that came closest", () => {
  test("have lacked ports, then memory, then CPU, then anything else, and an agent last", () => {
    const all = ["AGENT", "ATTRIBUTE", "RESOURCE:CPU", "RESOURCE:PORTS", "RESOURCE:MEMORY"];
    const sorted = closest(
      all.map((reason) => failure(reason)),
      9,
    ).map(({ reason }) => reason);
    expect(sorted).toEqual([
      "RESOURCE:PORTS",
      "RESOURCE:MEMORY",
      "RESOURCE:CPU",
      "ATTRIBUTE",
      "AGENT",
    ]);
  });

  test("are in the order of their reasons, then of their instances, where they are as close", () => {
    const given = [
      failure("RESOURCE:GPU", "b"),
      failure("ATTRIBUTE", "c"),
      failure("RESOURCE:GPU", "a"),
      failure("ATTRIBUTE"),
      failure("ATTRIBUTE", "a"),
    ];
    const expected = [
      failure("ATTRIBUTE"),
      failure("ATTRIBUTE", "a"),
      failure("ATTRIBUTE", "c"),
      failure("RESOURCE:GPU", "a"),
      failure("RESOURCE:GPU", "b"),
    ];
    expect(closest(given, 9)).toEqual(expected);
    expect(closest(given.toReversed(), 9)).toEqual(expected);
  });

  test.each([
    [0, 1],
    [1, 1],
    [2, 2],
  ])("of %i asked for are %i: never none", (count, length) => {
    const given = ["a", "b", "c"].map((id) => failure("AGENT", id));
    expect(closest(given, count)).toHaveLength(length);
  });
});
