import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { containerInstanceArn, taskArn } from "@berth/domain/arn";
import type { AgentGrant } from "@berth/domain/access/access-key";
import { anAccessKey, aTask, instanceId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { connectAgent, disconnectAgent } from "../agents/connections.ts";
import { receiveFromAgent } from "../agents/receive.ts";
import { registerContainerInstance } from "../commands/register-container-instance.ts";
import { submitContainerStateChange } from "../commands/submit-container-state-change.ts";
import { submitTaskStateChange } from "../commands/submit-task-state-change.ts";
import { getTaskProtection } from "../commands/get-task-protection.ts";
import { updateTaskProtection } from "../commands/update-task-protection.ts";
import { updateContainerInstancesState } from "../commands/update-container-instances-state.ts";
import type { CommandContext } from "../context.ts";

const MINE = instanceId(1);
const HIS = instanceId(2);

const base = aControlPlane();
const arnOf = (id: string) => containerInstanceArn(base.scope, "default", id);
const nameOf = (agent: string) => `arn:aws:iam::123456789012:user/${agent}`;

let controlPlane: ReturnType<typeof aControlPlane>;
let me: CommandContext;
beforeEach(async () => {
  controlPlane = aControlPlane();
  // The first that it draws are the ids of the instances that are there already.
  for (let drawn = 0; drawn < 20; drawn += 1) controlPlane.randomHex(30);
  me = asAgent("i-0000000a");
  await setUpCluster(controlPlane, { instance: { registeredBy: nameOf("i-0000000a") } });
  const { instances } = controlPlane.store;
  const mine = await instances.find("default", MINE);
  if (!mine) throw new Error("there is no instance");
  const { instance, ledger } = mine;
  await instances.create(
    { ...instance, id: HIS, registeredBy: nameOf("i-0000000b") },
    { ...ledger, id: HIS },
  );
});

const asAgent = (name: string, grant: Partial<AgentGrant> = {}): CommandContext => ({
  ...controlPlane,
  principalArn: nameOf(name),
  permissions: { kind: "agent", ...grant },
});

const denied = (id: string, action: string) => ({
  code: "AccessDeniedException",
  message: expect.stringContaining(`perform: ${action} on resource: ${arnOf(id)}`) as string,
});

const registration = (
  request: Partial<EcsRequest<"RegisterContainerInstance">> = {},
): EcsRequest<"RegisterContainerInstance"> => ({
  clientToken: JSON.stringify(request),
  totalResources: [
    { name: "CPU", integerValue: 4_096 },
    { name: "MEMORY", integerValue: 8_192 },
  ],
  ...request,
});

describe("registration", () => {
  const ec2InstanceId = "i-0000000a";
  const identityOf = (instanceId: string) => ({
    instanceIdentityDocument: JSON.stringify({ instanceId }),
  });

  test("makes an instance its agent's own", async () => {
    const { containerInstance } = await registerContainerInstance(me, registration());
    const id = containerInstance?.containerInstanceArn?.split("/").at(-1) ?? "";
    expect(await controlPlane.store.instances.find("default", id)).toMatchObject({
      instance: { registeredBy: me.principalArn },
    });
  });

  test("names the machine that has shown who it is, where the agent does not", async () => {
    const joined = asAgent(ec2InstanceId, { ec2InstanceId });
    for (const request of [{}, identityOf(ec2InstanceId)]) {
      const { containerInstance } = await registerContainerInstance(joined, registration(request));
      expect(containerInstance?.ec2InstanceId).toBe(ec2InstanceId);
    }
  });

  test("for another machine is refused", async () => {
    const joined = asAgent(ec2InstanceId, { ec2InstanceId });
    const other = registration(identityOf("i-0000000b"));
    await expect(registerContainerInstance(joined, other)).rejects.toMatchObject({
      code: "AccessDeniedException",
      message: "The identity document is of i-0000000b, and the access key of i-0000000a.",
    });
  });

  test("again is for the own instance only", async () => {
    const instance = await controlPlane.store.instances.find("default", MINE);
    const { cpuUnits, memoryMiB } = instance?.instance.registered ?? {};
    const again = (id: string) =>
      registration({
        containerInstanceArn: arnOf(id),
        totalResources: [
          { name: "CPU", integerValue: cpuUnits },
          { name: "MEMORY", integerValue: memoryMiB },
        ],
      });
    await expect(registerContainerInstance(me, again(HIS))).rejects.toMatchObject(
      denied(HIS, "ecs:RegisterContainerInstance"),
    );
    expect(await registerContainerInstance(me, again(MINE))).toMatchObject({
      containerInstance: { containerInstanceArn: arnOf(MINE) },
    });
  });

  test("with somebody else's token does not give his instance away", async () => {
    const request = registration({ clientToken: "guessed" });
    await registerContainerInstance(asAgent("i-0000000b"), request);
    await expect(registerContainerInstance(me, request)).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
    await expect(registerContainerInstance(controlPlane, request)).resolves.toBeDefined();
  });
});

describe("reports", () => {
  beforeEach(async () => {
    for (const [id, containerInstanceId] of [
      ["1", MINE],
      ["2", HIS],
      ["3", instanceId(9)],
    ] as const) {
      const task = aTask({ id: id.repeat(32), containerInstanceId, lastStatus: "PENDING" });
      await controlPlane.store.tasks.create(task);
    }
  });
  const report = (id: string) => ({
    task: taskArn(controlPlane.scope, "default", id.repeat(32)),
    status: "RUNNING",
    containers: [{ containerName: "main", status: "RUNNING" }],
  });
  const statusOf = async (id: string) =>
    (await controlPlane.store.tasks.find("default", id.repeat(32)))?.lastStatus;

  test("about own tasks are taken", async () => {
    await submitTaskStateChange(me, report("1"));
    expect(await statusOf("1")).toBe("RUNNING");
  });

  test.each([
    ["another agent's task", "2"],
    ["a task on an instance that is gone", "3"],
  ])("about %s are refused, and change nothing", async (_, id) => {
    await expect(submitTaskStateChange(me, report(id))).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
    const { task } = report(id);
    const container = { task, containerName: "main", status: "STOPPED" };
    await expect(submitContainerStateChange(me, container)).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
    expect(await statusOf(id)).toBe("PENDING");
  });

  test("about a task that nobody knows are acknowledged: agents repeat what is refused", async () => {
    await expect(submitTaskStateChange(me, report("7"))).resolves.toHaveProperty("acknowledgment");
  });
});

describe("an agent's own instance", () => {
  const update = (ids: readonly string[], status: "ACTIVE" | "DRAINING") =>
    updateContainerInstancesState(me, { containerInstances: [...ids], status });
  const action = "ecs:UpdateContainerInstancesState";

  test("may be drained by it, and put back by others only", async () => {
    expect(await update([MINE], "DRAINING")).toMatchObject({
      containerInstances: [{ status: "DRAINING" }],
    });
    await expect(update([MINE], "ACTIVE")).rejects.toMatchObject(denied(MINE, action));
  });

  test("is all that it may drain", async () => {
    await expect(update([HIS], "DRAINING")).rejects.toMatchObject(denied(HIS, action));
    expect((await controlPlane.store.instances.findLedger("default", HIS))?.status).toBe("ACTIVE");
  });
});

describe("protection", () => {
  const taskOn = async (containerInstanceId: string) => {
    const task = aTask({ containerInstanceId, group: "service:web", lastStatus: "RUNNING" });
    await controlPlane.store.tasks.create(task);
    return [task.id];
  };
  const update = (tasks: string[]) =>
    updateTaskProtection(me, { cluster: "default", tasks, protectionEnabled: true });

  test("is given by an agent to the tasks on its own instance", async () => {
    const tasks = await taskOn(MINE);
    expect(await update(tasks)).toMatchObject({ protectedTasks: [{ protectionEnabled: true }] });
    expect(await getTaskProtection(me, { cluster: "default", tasks })).toMatchObject({
      protectedTasks: [{ protectionEnabled: true }],
    });
  });

  test("of another's tasks is neither given nor told, and nothing is written", async () => {
    const tasks = await taskOn(HIS);
    await expect(update(tasks)).rejects.toMatchObject(denied(HIS, "ecs:UpdateTaskProtection"));
    const asked = getTaskProtection(me, { cluster: "default", tasks });
    await expect(asked).rejects.toMatchObject(denied(HIS, "ecs:GetTaskProtection"));
    const [id = ""] = tasks;
    expect(await controlPlane.store.tasks.find("default", id)).not.toHaveProperty("protectedUntil");
  });
});

describe("sockets", () => {
  const dial = (
    kind: "acs" | "tcs",
    id: string,
    dialler: CommandContext & { accessKeyId?: string },
  ) =>
    connectAgent(
      controlPlane,
      { connectionId: "c", kind, containerInstanceArn: arnOf(id) },
      dialler,
    );

  test.each([
    ["acs", "ecs:Poll"],
    ["tcs", "ecs:StartTelemetrySession"],
  ] as const)("of kind %s are opened for the own instance only", async (kind, action) => {
    await expect(dial(kind, HIS, me)).rejects.toMatchObject(denied(HIS, action));
    expect(await dial(kind, MINE, me)).toBe("connected");
  });

  test("need the permission", async () => {
    const nobody = { ...controlPlane, permissions: { kind: "policy", statements: [] } } as const;
    await expect(dial("acs", MINE, nobody)).rejects.toMatchObject(denied(MINE, "ecs:Poll"));
  });

  test("for telemetry alone are no way to commands", async () => {
    await dial("acs", MINE, me);
    await disconnectAgent(controlPlane, "c");
    await dial("tcs", MINE, me);
    const ack = { type: "HeartbeatAckRequest", message: { messageId: "1" } };
    await receiveFromAgent(controlPlane, "c", ack);
    const session = await controlPlane.store.sessions.find("default", MINE);
    expect(session).not.toHaveProperty("connectionId");
    const stops = { type: "TaskStopVerificationMessage", message: { messageId: "1" } };
    expect(await receiveFromAgent(controlPlane, "c", stops)).toBeUndefined();
  });

  const policy = (...Action: readonly string[]) => ({
    kind: "policy" as const,
    document: JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: arnOf(MINE) } }),
  });

  test.each([
    ["switched off", { status: "Inactive" }],
    ["over", { validUntil: base.now() + 1 }],
    ["of a policy without sockets", { grant: policy("ecs:DescribeTasks") }],
    ["of a policy for telemetry alone", { grant: policy("ecs:StartTelemetrySession") }],
  ] as const)("are closed to who opened them with a key that is %s since", async (_, change) => {
    const key = anAccessKey({ grant: policy("ecs:Poll") });
    const { accessKeys, sessions } = controlPlane.store;
    await accessKeys.create(key);
    await dial("acs", MINE, { ...me, accessKeyId: key.id });
    const ack = { type: "HeartbeatAckRequest", message: { messageId: "1" } };
    controlPlane.advance(controlPlane.settings.heartbeatIntervalMs);
    await receiveFromAgent(controlPlane, "c", ack);
    expect(await sessions.find("default", MINE)).toMatchObject({ connectionId: "c" });

    await accessKeys.replace({ ...key, version: 1, ...change });
    await receiveFromAgent(controlPlane, "c", ack);
    expect(await sessions.find("default", MINE)).not.toHaveProperty("connectionId");
    expect(await sessions.findConnection("c")).toBeUndefined();
  });

  test("of keys that Berth has not issued are not asked about", async () => {
    await dial("acs", MINE, me);
    const ack = { type: "HeartbeatAckRequest", message: { messageId: "1" } };
    await receiveFromAgent(controlPlane, "c", ack);
    expect(await controlPlane.store.sessions.findConnection("c")).not.toHaveProperty("accessKeyId");
  });
});
