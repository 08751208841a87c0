import type { Plan, PlanStep } from "@berth/contracts/rest/plan";
import { expect, test } from "vitest";
import { planText } from "./plan-text.ts";

const INSTANCE = "arn:aws:ecs:us-east-1:000000000000:container-instance/default";

const aStep = (overrides: Partial<PlanStep> = {}): PlanStep => ({
  afterMs: 0,
  step: "place",
  task: "new-1",
  group: "service:web",
  taskDefinition: "web:2",
  containerInstanceArn: `${INSTANCE}/1`,
  availabilityZone: "a",
  why: "because",
  ...overrides,
});

const reserved = { registered: 100, before: 10, most: 30, after: 20 };
const aPlan = (overrides: Partial<Plan> = {}): Plan => ({
  planId: "0123456789abcdef",
  cluster: "default",
  madeAt: "2026-01-01T00:00:00.000Z",
  change: { drain: ["1"] },
  assumptions: {
    startMs: 1_500,
    stopMs: 1_000,
    horizonMs: 60_000,
    tasksFail: false,
    hostNotice: false,
  },
  versions: { cluster: 1, services: {}, queuedRuns: {}, containerInstances: {} },
  ends: "settled",
  endsAfterMs: 2_500,
  timeline: [],
  stepCount: 0,
  services: [],
  capacity: { cpuUnits: reserved, memoryMiB: reserved },
  unplaced: [],
  moves: [],
  trippedBreakers: [],
  tasks: { running: 3, pending: 0, before: { running: 2, pending: 0 } },
  ...overrides,
});

test("a plan without steps says so, and what it assumes", () => {
  expect(planText(aPlan()))
    .toBe(`Plan 0123456789ab of drain in cluster default. Nothing was changed.
Assumed: a task starts in 1.5 s and stops in 1.0 s.

No task starts or stops.

Settled after 2.5 s.
Tasks running: 2 before, 3 after; 0 pending.
CPU units reserved: 10 before, 30 at most, 20 after, of 100.
Memory MiB reserved: 10 before, 30 at most, 20 after, of 100.`);
});

test("equal steps of a moment are one line, with their zones", () => {
  const timeline = [aStep(), aStep({ availabilityZone: "b" }), aStep({ availabilityZone: "a" })];
  const later = aStep({ afterMs: 1_500, step: "run", why: "" });
  const lines = planText(aPlan({ timeline: [...timeline, later], stepCount: 9 })).split("\n");
  expect(lines.slice(3, 7)).toEqual([
    "AFTER  STEP   TASKS  GROUP        REVISION  ZONES     WHY",
    "0.0 s  start  3      service:web  web:2     a 2, b 1  because",
    "1.5 s  runs   1      service:web  web:2     a 1",
    "… and 5 more steps; --json has more",
  ]);
});

test("what finds no place is told with the figures of one instance and the number of others", () => {
  const reason = { reason: "RESOURCE:CPU", instances: 3, detail: "cpu: needs 2, has 1" };
  const unplaced = [
    {
      group: "service:web",
      count: 1,
      reasons: [{ ...reason, containerInstanceArn: `${INSTANCE}/7` }],
    },
    { group: "service:api", count: 2, reasons: [{ reason: "NONE", instances: 0, detail: "" }] },
  ];
  expect(planText(aPlan({ unplaced }))).toContain(`
service:web: 1 task finds no place
  RESOURCE:CPU: cpu: needs 2, has 1 (7 and 2 more)
service:api: 2 tasks find no place
  NONE`);
});

test("a horizon that is reached and a breaker that trips are told", () => {
  const trippedBreakers = [
    { service: "web", deploymentId: "ecs-svc/1", taskDefinition: "web:2", afterMs: 9_000 },
  ];
  const text = planText(aPlan({ ends: "horizon", trippedBreakers }));
  expect(text).toContain("Not settled within 60.0 s.");
  expect(text).toContain(
    "The deployment of web:2 fails after 9.0 s: the circuit breaker of web trips.",
  );
});

test("a rebalance lists its moves by ids, or says that there are none", () => {
  const change = { rebalance: "web" };
  const moves = [{ task: "arn:…:task/default/t1", from: `${INSTANCE}/1`, to: `${INSTANCE}/2` }];
  expect(planText(aPlan({ change, moves }))).toContain("MOVE  FROM  TO\nt1    1     2\n");
  expect(planText(aPlan({ change }))).toContain("No task would stand better elsewhere.");
  const many = Array.from({ length: 42 }, () => moves[0] ?? { task: "", from: "", to: "" });
  expect(planText(aPlan({ change, moves: many }))).toContain("… and 2 more moves");
});
