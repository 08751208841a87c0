import { aReservation, aSession, aTask, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, expect, test } from "vitest";
import { dispatchTasks } from "./dispatch.ts";

const CLUSTER = "default";
const STARTED = taskId("family:web", 1);
const STOPPED = taskId("family:web", 2);

let plane: TestControlPlane;

/** A task that is to start and one that is to stop, both ordered just now, on an instance that listens. */
beforeEach(async () => {
  plane = aControlPlane();
  await setUpCluster(plane, {
    ledger: { reservations: { [STARTED]: aReservation(), [STOPPED]: aReservation() } },
  });
  const leaseUntil = plane.now() + 1e9;
  await plane.store.sessions.create(
    aSession({ connectionId: "c1", greetedConnectionId: "c1", leaseUntil }),
  );
  const [createdAt, stoppingAt] = [plane.now(), plane.now()];
  const at = { cluster: CLUSTER, containerInstanceId: instanceId(1), createdAt };
  await plane.store.tasks.create(aTask({ ...at, id: STARTED, lastStatus: "PENDING" }));
  const due = plane.now() + plane.settings.dispatchRetryMs;
  await plane.store.tasks.create({
    ...aTask({ ...at, id: STOPPED, lastStatus: "RUNNING", desiredStatus: "STOPPED", stoppingAt }),
    due,
  });
});

const dispatch = () => dispatchTasks(plane, CLUSTER, instanceId(1), [STARTED, STOPPED]);

const told = () =>
  plane.pushed.flatMap(({ message }) =>
    message.type === "PayloadMessage"
      ? message.message.tasks.map(({ desiredStatus }) => desiredStatus)
      : [],
  );

test("stops come before starts, in whatever order they are asked for", async () => {
  await dispatch();
  expect(told()).toEqual(["STOPPED", "RUNNING"]);
});

test("what an agent does not carry out is repeated for a while", async () => {
  plane.advance(plane.settings.resendForMs - 1);
  await dispatch();
  expect(told()).toHaveLength(2);
  plane.advance(1);
  await dispatch();
  expect(told()).toHaveLength(2);
});

test("a mark that nobody settles comes up ever more seldom", async () => {
  const orderedAt = plane.now();
  const waits = [];
  for (let looks = 0; looks < 5; looks += 1) {
    const { due = 0 } = (await plane.store.tasks.find(CLUSTER, STOPPED)) ?? {};
    waits.push(due - orderedAt);
    plane.advance(due - plane.now());
    await dispatch();
  }
  expect(waits.map((ms) => ms / plane.settings.dispatchRetryMs)).toEqual([1, 2, 4, 8, 16]);
});

test("numbers rise even within a millisecond", async () => {
  for (let times = 0; times < 3; times += 1) await dispatch();
  const numbers = plane.pushed.flatMap(({ message }) =>
    message.type === "PayloadMessage" ? [message.message.seqNum] : [],
  );
  expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual([0, 1, 2]);
});
