import { expect, test } from "vitest";
import { instanceStatusRequest, RuntimeChecks } from "./runtime-check.ts";

test("says whether the engine answers, and since when", async () => {
  const answers = [true, true, false, false, true].values();
  const checks = new RuntimeChecks(async () => {
    if (!answers.next().value) throw new Error("no answer");
  });
  expect(checks.latest).toBeUndefined();
  const seen = [];
  for (const at of [1_000, 2_000, 3_000, 4_000, 5_000]) {
    await checks.look(() => at);
    seen.push([checks.latest?.status, checks.latest?.lastUpdated, checks.latest?.lastStatusChange]);
  }
  expect(seen).toEqual([
    ["OK", 1_000, 1_000],
    ["OK", 2_000, 1_000],
    ["IMPAIRED", 3_000, 3_000],
    ["IMPAIRED", 4_000, 3_000],
    ["OK", 5_000, 5_000],
  ]);
});

test("asks an engine that hangs only once at a time", async () => {
  let asked = 0;
  const answer = Promise.withResolvers<void>();
  const checks = new RuntimeChecks(() => {
    asked += 1;
    return answer.promise;
  });
  const looks = [checks.look(Date.now), checks.look(Date.now)];
  expect(asked).toBe(1);
  answer.resolve();
  await Promise.all(looks);
  await checks.look(Date.now);
  expect(asked).toBe(2);
});

test("is told in seconds, with the instance that it is of", () => {
  const check = { status: "IMPAIRED", lastUpdated: 2_500, lastStatusChange: 1_250 } as const;
  const source = { cluster: "default", containerInstanceArn: "i" };
  expect(instanceStatusRequest(source, check, 3_000)).toMatchObject({
    type: "PublishInstanceStatusRequest",
    message: {
      metadata: { cluster: "default", containerInstance: "i" },
      statuses: [
        { type: "ContainerRuntime", status: "IMPAIRED", lastUpdated: 2.5, lastStatusChange: 1.25 },
      ],
      timestamp: 3,
    },
  });
});
