import { describe, expect, test } from "vitest";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { createMemoryTable } from "@berth/store/memory/table";
import {
  aContainerDefinition,
  aReservation,
  aTask,
  aTaskContainer,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { submitAttachmentStateChanges } from "./submit-attachment-state-changes.ts";
import { submitContainerStateChange } from "./submit-container-state-change.ts";
import { submitTaskStateChange } from "./submit-task-state-change.ts";

const id = taskId("service:web", 1);
const arn = `arn:aws:ecs:eu-central-1:123456789012:task/default/${id}`;

/** A task of service `web`, PENDING, with its reservation. */
async function aClusterWith(task: Parameters<typeof aTask>[0] = {}, table = createMemoryTable()) {
  const controlPlane = aControlPlane({ table });
  await setUpCluster(controlPlane, {
    ledger: { reservations: { [id]: aReservation() } },
    definitions: [
      aTaskDefinition({
        containerDefinitions: [
          aContainerDefinition(),
          aContainerDefinition({ name: "sidecar", essential: false }),
        ],
      }),
    ],
  });
  await controlPlane.store.tasks.create({
    ...aTask({
      id,
      containers: [aTaskContainer(), aTaskContainer({ name: "sidecar" })],
      ...task,
    }),
    due: controlPlane.now(),
  });
  const read = () => controlPlane.store.tasks.find("default", id);
  const isHeld = async () => {
    const ledger = await controlPlane.store.instances.findLedger("default", instanceId(1));
    return id in (ledger?.reservations ?? {});
  };
  const submit = (request: Partial<EcsRequest<"SubmitTaskStateChange">>) =>
    submitTaskStateChange(controlPlane, { cluster: "default", task: arn, ...request });
  return { controlPlane, read, isHeld, submit };
}

const RUNNING = {
  status: "RUNNING",
  reason: "",
  containers: [
    { containerName: "main", status: "RUNNING", runtimeId: "abc" },
    { containerName: "sidecar", status: "RUNNING", runtimeId: "def" },
  ],
};

const STOPPED = {
  status: "STOPPED",
  reason: "",
  containers: [
    { containerName: "main", status: "STOPPED", exitCode: 1 },
    { containerName: "sidecar", status: "STOPPED", exitCode: 137 },
  ],
};

describe("SubmitTaskStateChange", () => {
  test("moves the task and takes its mark away once it does as desired", async () => {
    const { controlPlane, read, submit } = await aClusterWith();
    await submit({ ...RUNNING, pullStartedAt: new Date(1_000), pullStoppedAt: new Date(2_000) });
    const task = await read();
    expect(task).toMatchObject({
      lastStatus: "RUNNING",
      startedAt: controlPlane.now(),
      pullStartedAt: 1_000,
      pullStoppedAt: 2_000,
      containers: [
        { name: "main", lastStatus: "RUNNING", runtimeId: "abc" },
        { name: "sidecar", lastStatus: "RUNNING" },
      ],
    });
    expect(task).not.toHaveProperty("due");
    expect(controlPlane.wakes).toEqual([
      {
        message: { kind: "service", cluster: "default", service: "web" },
        timing: { kind: "coalesced" },
      },
    ]);
  });

  test("keeps the mark of a task that is to stop and runs", async () => {
    const { read, submit } = await aClusterWith({ desiredStatus: "STOPPED" });
    await submit(RUNNING);
    expect(await read()).toHaveProperty("due");
  });

  test("has its service account for a dead task and replace it at once", async () => {
    const { controlPlane, read, isHeld, submit } = await aClusterWith();
    await submit(RUNNING);
    controlPlane.wakes.length = 0;
    await submit(STOPPED);
    expect(await isHeld()).toBe(true);
    expect(await read()).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      due: controlPlane.now(),
      containers: [{ exitCode: 1 }, { exitCode: 137 }],
    });
    expect(controlPlane.wakes).toEqual([
      {
        message: { kind: "service", cluster: "default", service: "web" },
        timing: { kind: "now" },
      },
    ]);
  });

  test("lets the service hear in time of a task that was told to stop", async () => {
    const { controlPlane, submit } = await aClusterWith({
      desiredStatus: "STOPPED",
      lastStatus: "RUNNING",
      stopCode: "ServiceSchedulerInitiated",
    });
    await submit(STOPPED);
    expect(controlPlane.wakes.at(-1)?.timing).toEqual({ kind: "coalesced" });
  });

  test("leaves nothing to do for a stopped task of no service", async () => {
    const { controlPlane, read, submit } = await aClusterWith({ group: "family:web" });
    await submit(STOPPED);
    expect(await read()).toMatchObject({ lastStatus: "STOPPED" });
    expect(await read()).not.toHaveProperty("due");
    expect(controlPlane.wakes.map(({ message }) => message.kind)).toEqual(["placement"]);
  });

  test("changes nothing the second time", async () => {
    const { controlPlane, read, submit } = await aClusterWith();
    await submit(STOPPED);
    const before = await read();
    controlPlane.wakes.length = 0;
    controlPlane.advance(5_000);
    await submit(STOPPED);
    await submit(RUNNING);
    expect(await read()).toEqual(before);
    expect(controlPlane.wakes).toEqual([]);
  });

  test("gives a standalone task's reservation back before it says STOPPED, so that no death in between leaks it", async () => {
    const table = createMemoryTable();
    let isDead = false;
    const { isHeld, read, submit } = await aClusterWith(
      { group: "family:web" },
      {
        ...table,
        replace: async (item) => {
          if (item["lastStatus"] === "STOPPED" && !isDead) {
            isDead = true;
            throw new Error("died");
          }
          return table.replace(item);
        },
      },
    );
    await expect(submit(STOPPED)).rejects.toThrow("died");
    expect(await isHeld()).toBe(false);
    await submit(STOPPED);
    expect(await read()).toMatchObject({ lastStatus: "STOPPED" });
  });

  test("keeps both of two reports that come at once", async () => {
    const { read, submit } = await aClusterWith();
    await Promise.all([
      submit({
        containers: [{ containerName: "main", status: "PENDING", imageDigest: "sha256:1" }],
      }),
      submit(RUNNING),
    ]);
    expect(await read()).toMatchObject({ lastStatus: "RUNNING" });
  });

  test.each([
    { name: "a task that nobody knows", request: { task: taskId("x", 9) } },
    { name: "no task", request: { task: undefined } },
    { name: "what is no state", request: { status: "BORED", containers: [{ status: "ODD" }] } },
    {
      name: "attachments only",
      request: { attachments: [{ attachmentArn: "a", status: "ATTACHED" }] },
    },
  ])("acknowledges a report about $name", async ({ request }) => {
    const { controlPlane, read, submit } = await aClusterWith();
    const before = await read();
    expect(await submit(request)).toEqual({ acknowledgment: controlPlane.requestId });
    expect(await read()).toEqual(before);
  });
});

describe("SubmitContainerStateChange", () => {
  test("moves one container; the task goes on without one that is not essential", async () => {
    const { controlPlane, isHeld, read, submit } = await aClusterWith();
    await submit(RUNNING);
    await submitContainerStateChange(controlPlane, {
      task: arn,
      containerName: "sidecar",
      status: "STOPPED",
      exitCode: 3,
      reason: "bye",
    });
    expect(await read()).toMatchObject({
      lastStatus: "RUNNING",
      desiredStatus: "RUNNING",
      containers: [
        { name: "main", lastStatus: "RUNNING" },
        { name: "sidecar", lastStatus: "STOPPED", exitCode: 3, reason: "bye" },
      ],
    });
    expect(await isHeld()).toBe(true);
  });

  test("acknowledges what names no container", async () => {
    const { controlPlane } = await aClusterWith();
    const answer = await submitContainerStateChange(controlPlane, { task: arn, status: "STOPPED" });
    expect(answer).toEqual({ acknowledgment: controlPlane.requestId });
  });
});

describe("SubmitAttachmentStateChanges", () => {
  test("is acknowledged", async () => {
    const { controlPlane } = await aClusterWith();
    const attachments = [{ attachmentArn: "a", status: "ATTACHED" }];
    expect(await submitAttachmentStateChanges(controlPlane, { attachments })).toEqual({
      acknowledgment: controlPlane.requestId,
    });
  });
});
