import type { QueuedRunExplanation } from "@berth/contracts/rest/queued-runs";
import { expect, test } from "vitest";
import { queuedRunsText, queuedRunText } from "./queue-text.ts";

const ARN = "arn:aws:ecs:us-east-1:000000000000";
const AT = "2026-01-01T00:00:01.000Z";
const refusal = {
  containerInstanceArn: `${ARN}:container-instance/default/i1`,
  reason: "RESOURCE:CPU",
  detail: "cpu: needs 2, has 1 free",
};

const run: QueuedRunExplanation = {
  id: "r1",
  clusterArn: `${ARN}:cluster/default`,
  status: "WAITING",
  taskDefinitionArn: `${ARN}:task-definition/batch:3`,
  group: "family:batch",
  taskArns: ["t1", "t2"],
  placedTaskArns: ["t1"],
  unplacedTaskArns: ["t2"],
  queuedAt: AT,
  deadline: "2026-01-01T00:10:01.000Z",
  history: [{ at: AT, text: "RunTask by ada (request r) queued 2 tasks.", cause: { kind: "api" } }],
  latestTry: { since: AT, instances: [refusal] },
};

test("shows what a run waits for and what would place its next task", () => {
  const waiting = {
    ...run,
    waiting: { for: "room for 1 task", since: AT, next: { what: "tried again" } },
    placement: {
      considered: 1,
      removed: [{ reason: "RESOURCE:CPU", count: 1, examples: [refusal] }],
      fittingCount: 0,
      ranked: [],
      counterfactuals: [],
    },
  };
  expect(queuedRunText(waiting)).toBe(
    `
Queued run r1: WAITING, 1 of 2 tasks of batch:3 placed, deadline 2026-01-01T00:10:01.000Z
Placed
  t1
Not placed
  t2
Waits for
  room for 1 task (since ${AT})
Placement now: none of 1 ACTIVE container instances takes the next task
  1 RESOURCE:CPU
    i1: cpu: needs 2, has 1 free
  no single change would make it fit
What happened
  ${AT} RunTask by ada (request r) queued 2 tasks.
`.trim(),
  );
});

test("shows of one that is over what the latest try had found", () => {
  const lines = queuedRunText({ ...run, status: "EXPIRED" }).split("\n");
  expect(lines).toContain(`What the latest try found (since ${AT})`);
  expect(lines).toContain("  i1: cpu: needs 2, has 1 free");
  const { latestTry: _, ...placed } = { ...run, status: "PLACED" as const, unplacedTaskArns: [] };
  expect(queuedRunText(placed)).not.toMatch(/latest try|Not placed/);
});

test("lists runs in columns, the oldest first", () => {
  const older = { ...run, id: "r0", queuedAt: "2025-12-31T00:00:00.000Z" };
  expect(queuedRunsText([run, older]).split("\n")).toEqual([
    "QUEUED RUN  STATUS   TASK DEFINITION  PLACED  QUEUED                    DEADLINE",
    "r0          WAITING  batch:3          1 of 2  2025-12-31T00:00:00.000Z  2026-01-01T00:10:01.000Z",
    `r1          WAITING  batch:3          1 of 2  ${AT}  2026-01-01T00:10:01.000Z`,
  ]);
  expect(queuedRunsText([])).toBe("There are no queued runs.");
});
