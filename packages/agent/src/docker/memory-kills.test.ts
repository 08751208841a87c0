import { expect, test } from "vitest";
import { MemoryKills } from "./memory-kills.ts";

test("a kill is heard of before and after it is asked about", async () => {
  const kills = new MemoryKills();
  kills.hear("early");
  const late = kills.heardOf("late");
  kills.hear("late");
  expect(await Promise.all([kills.heardOf("early"), late])).toEqual([true, true]);
});

test("of a container of which nothing is told, or which was forgotten, nothing is heard", async () => {
  const kills = new MemoryKills();
  for (const dockerId of ["other", "forgotten"]) kills.hear(dockerId);
  kills.forget("forgotten");
  expect(await kills.heardOf("quiet", 20)).toBe(false);
  expect(await kills.heardOf("forgotten", 20)).toBe(false);
});
