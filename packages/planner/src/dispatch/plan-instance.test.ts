import { describe, expect, test } from "vitest";
import type { InstanceLedger } from "@berth/domain/container-instance";
import type { Task } from "@berth/domain/task";
import { aLedger, aTask } from "@berth/testing/builders";
import { planInstance } from "./plan-instance.ts";

const NOW = 100_000;
const ORPHANED_AFTER = 60_000;

const reservation = (reservedAt: number) => ({
  cpuUnits: 1,
  memoryMiB: 1,
  tcpPorts: [],
  udpPorts: [],
  reservedAt,
});

const plan = (
  ledger: Partial<InstanceLedger>,
  tasks: readonly Task[],
  { lost = false, hostIsGone = false } = {},
) =>
  planInstance({
    ledger: aLedger({
      id: "i1",
      reservations: Object.fromEntries(tasks.map((task) => [task.id, reservation(0)])),
      ...ledger,
    }),
    tasks,
    lost,
    hostIsGone,
    now: NOW,
    orphanedReservationMs: ORPHANED_AFTER,
  });

const here = (members: Partial<Task>): Task =>
  aTask({ containerInstanceId: "i1", group: "service:web", lastStatus: "RUNNING", ...members });

describe("planInstance", () => {
  test("does nothing on an ACTIVE instance whose tasks are in order", () => {
    expect(plan({}, [here({})])).toEqual({ lose: [], mark: [], release: [] });
  });

  test("marks service tasks on a DRAINING instance and leaves standalone ones alone", () => {
    const service = here({ id: "a" });
    const standalone = here({ id: "b", group: "family:batch" });
    expect(plan({ status: "DRAINING" }, [service, standalone]).mark).toEqual([
      { taskId: "a", draining: true },
    ]);
    expect(plan({ status: "DRAINING" }, [here({ draining: true })]).mark).toEqual([]);
  });

  test("takes the marks off again when the instance is ACTIVE again", () => {
    expect(plan({}, [here({ id: "a", draining: true })]).mark).toEqual([
      { taskId: "a", draining: false },
    ]);
  });

  test("gives up every task of a lost instance, and of one deregistered by force", () => {
    const tasks = [here({ id: "a" }), here({ id: "b", group: "family:batch" })];
    expect(plan({}, tasks, { lost: true }).lose).toEqual(
      ["a", "b"].map((taskId) => ({
        taskId,
        stopCode: "TerminationNotice",
        reason: "Container instance i1 lost: its agent has been disconnected for too long.",
      })),
    );
    expect(plan({ status: "INACTIVE" }, tasks).lose).toEqual(
      ["a", "b"].map((taskId) => ({
        taskId,
        stopCode: "UserInitiated",
        reason: "Container instance deregistration forced by user",
      })),
    );
  });

  test("gives up nothing of a host that was heard of and is not gone", () => {
    const host = { ec2InstanceId: "i-1", state: "leaving", at: 1 } as const;
    expect(plan({ host }, [here({})]).lose).toEqual([]);
  });

  test.each([
    { state: "stopped", status: "DRAINING" },
    { state: "terminated", status: "INACTIVE" },
  ] as const)("gives up every task of a host that is $state, in ECS's words", (gone) => {
    const host = { ec2InstanceId: "i-1", state: gone.state, at: 1 };
    const tasks = [here({ id: "a" }), here({ id: "b", group: "family:batch" })];
    const reason = `Host EC2 (instance i-1) ${gone.state}.`;
    expect(plan({ status: gone.status, host }, tasks, { hostIsGone: true })).toMatchObject({
      lose: [
        { taskId: "a", stopCode: "TerminationNotice", reason },
        { taskId: "b", stopCode: "TerminationNotice", reason },
      ],
      mark: [],
    });
  });

  test("does not give up a task that has stopped already", () => {
    expect(plan({}, [here({ lastStatus: "STOPPED" })], { lost: true }).lose).toEqual([]);
  });

  test.each([
    { name: "whose task never appeared, after the grace period", age: 60_000, expected: ["x"] },
    { name: "not before it", age: 59_999, expected: [] },
  ])("releases a reservation $name", ({ age, expected }) => {
    const ledger = { reservations: { x: reservation(NOW - age) } };
    expect(plan(ledger, []).release).toEqual(expected);
  });

  test("releases the reservation of a task that stopped or runs elsewhere", () => {
    const stopped = here({ id: "a", lastStatus: "STOPPED" });
    const elsewhere = here({ id: "b", containerInstanceId: "i2" });
    expect(plan({}, [stopped, elsewhere]).release).toEqual(["a", "b"]);
  });
});
