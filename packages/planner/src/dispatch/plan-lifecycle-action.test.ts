import type { InstanceLedger } from "@berth/domain/container-instance";
import { aLedger, aReservation, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { lifecycleLooks, planLifecycleAction } from "./plan-lifecycle-action.ts";

const SETTINGS = { lifecycleHeartbeatMs: 60, drainAtMostMs: 1_000 };
const ACTION = {
  autoScalingGroup: "berth",
  hook: "berth-drain",
  token: "t",
  since: 0,
  extendedAt: 0,
};

const leaving = (overrides: Partial<InstanceLedger> = {}, extendedAt = 0) =>
  aLedger({
    status: "DRAINING",
    host: {
      ec2InstanceId: "i-1",
      state: "leaving",
      at: 0,
      lifecycleAction: { ...ACTION, extendedAt },
    },
    ...overrides,
  });

const BUSY = { reservations: { [taskId("family:a", 1)]: aReservation() } };

describe("a group that waits", () => {
  test.each([
    { name: "goes on once nothing runs", ledger: leaving(), now: 1, expected: "complete" },
    {
      name: "goes on without an instance that was deregistered",
      ledger: leaving({ status: "INACTIVE" }),
      now: 1,
      expected: "complete",
    },
    { name: "is told nothing yet", ledger: leaving(BUSY), now: 59, expected: "nothing" },
    { name: "is told to wait on", ledger: leaving(BUSY), now: 60, expected: "extend" },
    { name: "is told so again", ledger: leaving(BUSY, 60), now: 120, expected: "extend" },
    { name: "and not before", ledger: leaving(BUSY, 61), now: 120, expected: "nothing" },
    {
      name: "goes on in the end",
      ledger: leaving(BUSY, 999),
      now: 1_000,
      expected: "complete",
    },
    {
      name: "waits for an instance that may be given tasks",
      ledger: leaving({ status: "ACTIVE" }),
      now: 60,
      expected: "extend",
    },
  ])("$name", ({ ledger, now, expected }) => {
    expect(planLifecycleAction(ledger, [], now, SETTINGS).kind).toBe(expected);
  });

  test.each([
    { neighbour: leaving(), expected: "complete" },
    { neighbour: leaving(BUSY), expected: "nothing" },
    { neighbour: aLedger(), expected: "nothing" },
  ])("waits for all instances of the machine: $expected", ({ neighbour, expected }) => {
    expect(planLifecycleAction(leaving(), [neighbour], 1, SETTINGS).kind).toBe(expected);
  });

  test("is none where no hook had it wait", () => {
    expect(planLifecycleAction(aLedger(BUSY), [], 1e9, SETTINGS)).toEqual({ kind: "nothing" });
  });
});

test("an instance is looked at when its group is to be told something", () => {
  expect(lifecycleLooks(leaving(BUSY, 30), SETTINGS)).toEqual([90, 1_000]);
  expect(lifecycleLooks(aLedger(), SETTINGS)).toEqual([]);
});
