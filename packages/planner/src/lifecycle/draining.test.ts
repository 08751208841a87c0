import type { HistoryEntry } from "@berth/domain/task";
import { aTask } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { markDraining } from "./draining.ts";

const NOW = 9;
const drain = { at: 5, requestId: "r-1", principalArn: "arn:aws:iam::000000000000:user/alice" };
const host = { ec2InstanceId: "i-1", state: "leaving", at: 6 } as const;
const placed: HistoryEntry = { at: 1, to: "PENDING", cause: { kind: "agent" } };
const task = aTask({ history: [placed] });

const mark = (
  ledger: Parameters<typeof markDraining>[1],
  draining = true,
  before = task,
): ReturnType<typeof markDraining> => markDraining(before, ledger, { draining, now: NOW });

describe("a task on an instance that drains keeps", () => {
  test("who asked for it", () => {
    expect(mark({ drain, host })).toEqual({
      ...task,
      draining: true,
      history: [
        placed,
        {
          at: 5,
          to: "draining",
          cause: {
            kind: "api",
            operation: "UpdateContainerInstancesState",
            requestId: "r-1",
            principalArn: drain.principalArn,
          },
        },
      ],
    });
  });

  test("what EC2 told of the machine, where nobody asked", () => {
    expect(mark({ host })?.history[1]).toEqual({
      at: 6,
      to: "draining",
      cause: { kind: "controlPlane", reason: "EC2 told that its machine i-1 is leaving" },
    });
  });

  test("when it was seen, where neither is known", () => {
    const running = { ...host, state: "running" } as const;
    expect(mark({ host: running })?.history[1]?.at).toBe(NOW);
  });
});

test("a task that was written after that is not older than itself", () => {
  expect(mark({ drain }, true, { ...task, createdAt: 7 })?.history[1]?.at).toBe(7);
});

test("nothing of it is left once the instance is ACTIVE again", () => {
  const drained = mark({ drain }) ?? task;
  expect(mark({}, false, drained)).toEqual({ ...task, draining: false });
});

test("no news, or too late", () => {
  expect(mark({ drain }, false)).toBeUndefined();
  expect(mark({ drain }, true, { ...task, draining: true })).toBeUndefined();
  expect(mark({ drain }, true, { ...task, lastStatus: "STOPPED" })).toBeUndefined();
});
