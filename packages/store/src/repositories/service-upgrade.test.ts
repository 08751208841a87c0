import { aService, taskId } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { createStore } from "../create-store.ts";
import { serviceKey } from "../keys.ts";
import { createMemoryTable } from "../memory/table.ts";

test("what an earlier Berth has decided for a service is read by this one", async () => {
  const table = createMemoryTable();
  const store = createStore(table, { historyMs: 1, now: () => 0 });
  await store.services.create(aService());
  const item = await table.get(serviceKey("default", "web"));
  if (!item) throw new Error("no item");
  const { starts: _, ...members } = item;
  const unplaced = { since: 3, candidates: [{ reason: "AGENT", detail: "" }] };
  const start = { taskId: taskId("service:web", 1), deploymentId: "ecs-svc/1", decidedAt: 2 };
  const plannedStops = [{ taskId: taskId("service:web", 2), reason: "Scaling activity" }];
  await table.replace({
    ...members,
    plannedStarts: [start, { ...start, unplaced: 0 }],
    unplacedReasons: [unplaced],
    plannedStops,
  });
  expect(await store.services.find("default", "web")).toMatchObject({
    plannedStarts: [start, { ...start, unplaced }],
    plannedStops,
  });
});
