import { aTask, taskId } from "@berth/testing/builders";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Member } from "./census.ts";
import { countByZone, evenOut } from "./zone-balance.ts";

const membersIn = (zones: string, isProtected = false): readonly Member[] =>
  Array.from(zones, (availabilityZone, index) => ({
    condition: "HEALTHY",
    task: aTask({ id: taskId("service:web", index), availabilityZone }),
    ...(isProtected && { protectedUntil: 1 }),
  }));

describe("evening out", () => {
  test.each([
    { name: "nothing", tasks: "", zones: "ab", room: 9, expected: "" },
    { name: "one more in a zone is even", tasks: "aab", zones: "ab", room: 9, expected: "" },
    { name: "two more are not", tasks: "aaab", zones: "ab", room: 9, expected: "b" },
    { name: "a zone that has none counts", tasks: "aabb", zones: "abc", room: 9, expected: "c" },
    { name: "several moves", tasks: "aaaaaa", zones: "abc", room: 9, expected: "bcbc" },
    {
      name: "as many as there is room for",
      tasks: "aaaaaa",
      zones: "abc",
      room: 3,
      expected: "bcb",
    },
    { name: "no room", tasks: "aaaa", zones: "ab", room: 0, expected: "" },
    { name: "a zone that takes none gives", tasks: "aaaab", zones: "bc", room: 9, expected: "cb" },
    { name: "no zone takes any", tasks: "aaaa", zones: "", room: 9, expected: "" },
  ])("$name: $tasks over $zones moves into $expected", ({ tasks, zones, room, expected }) => {
    expect(evenOut(membersIn(tasks), Array.from(zones), room).join("")).toBe(expected);
  });

  test("takes nothing from where all are protected", () => {
    expect(evenOut(membersIn("aaaa", true), ["a", "b"], 9)).toEqual([]);
  });

  test("takes as many as are not protected, and then from the next fullest", () => {
    const [free] = membersIn("a");
    const members = [...membersIn("aaaaa", true), ...(free ? [free] : []), ...membersIn("bbb")];
    expect(evenOut(members, ["a", "b", "c"], 9)).toEqual(["c", "c"]);
    expect(evenOut(members, ["a", "c"], 1)).toEqual(["c"]);
  });

  test("leaves no two zones further apart than one, and does not go on then", () => {
    const zones = ["a", "b", "c", "d"];
    const tasks = fc.array(fc.constantFrom(...zones), { maxLength: 20 });
    fc.assert(
      fc.property(tasks, fc.subarray(zones, { minLength: 1 }), (given, usable) => {
        const members = membersIn(given.join(""));
        const into = evenOut(members, usable, 100);
        const counts = new Map(countByZone(members, usable));
        for (const zone of into) {
          const [fullest = ""] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
          counts
            .set(fullest, (counts.get(fullest) ?? 0) - 1)
            .set(zone, (counts.get(zone) ?? 0) + 1);
        }
        const least = Math.min(...usable.map((zone) => counts.get(zone) ?? 0));
        expect(Math.max(...counts.values(), least) - least).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test("counts the tasks of each zone, in order", () => {
  expect([...countByZone(membersIn("bab"), ["c", "a"])]).toEqual([
    ["a", 1],
    ["b", 2],
    ["c", 0],
  ]);
});
