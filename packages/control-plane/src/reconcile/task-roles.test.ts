import type { AcsMessage } from "@berth/contracts/agent/messages";
import { aSession, aTaskDefinition, instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { openSession } from "../agents/connections.ts";
import { describeTasks } from "../commands/describe-tasks.ts";
import { runTask } from "../commands/run-task.ts";
import { submitTaskStateChange } from "../commands/submit-task-state-change.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { dispatchTasks } from "./dispatch.ts";
import { handleWake } from "./handle-wake.ts";

const CLUSTER = "default";
const ID = instanceId(1);
const ROLE = "arn:aws:iam::123456789012:role/berth-test/app";
const EXECUTION = "arn:aws:iam::123456789012:role/berth-test/execution";

let plane: TestControlPlane;

beforeEach(async () => {
  plane = aControlPlane({ settings: { roleKeyLifetimeMs: 3_600_000, leaseMs: 1e9 } });
  await setUpCluster(plane, {
    definitions: [
      aTaskDefinition({ family: "app", taskRoleArn: ROLE, executionRoleArn: EXECUTION }),
      aTaskDefinition({ family: "plain" }),
    ],
  });
  const [connectionId, leaseUntil] = ["c1", plane.now() + 1e9];
  await plane.store.sessions.create(
    aSession({
      connectionId,
      greetedConnectionId: connectionId,
      leaseUntil,
      auditedAt: plane.now(),
      renewRolesAt: plane.now() + 1e9,
    }),
  );
});

/** Delivers what was sent to the controller of instances. */
async function dispatch(): Promise<void> {
  for (const { message } of plane.wakes.splice(0)) {
    if (message.kind === "dispatch") await handleWake(plane, message);
  }
}

async function run(request: Parameters<typeof runTask>[1]): Promise<string> {
  const { tasks: [task] = [] } = await runTask(plane, request);
  await dispatch();
  return task?.taskArn ?? "";
}

async function report(task: string, status: "RUNNING"): Promise<void> {
  await submitTaskStateChange(plane, { cluster: CLUSTER, task, status, containers: [] });
}

/** The messages of a type that were pushed since the last look. */
function pushed<Type extends AcsMessage["type"]>(type: Type) {
  const messages = plane.pushed.splice(0).map(({ message }) => message);
  return messages.filter(
    (message): message is Extract<AcsMessage, { type: Type }> => message.type === type,
  );
}

const payloads = () => pushed("PayloadMessage").flatMap(({ message }) => message.tasks);
const renewals = () => pushed("IAMRoleCredentialsMessage").map(({ message }) => message);
const tend = async () =>
  handleWake(plane, { kind: "dispatch", cluster: CLUSTER, containerInstanceId: ID, taskIds: [] });

describe("a task with roles", () => {
  test("is sent with keys of both, of sessions that are named after it", async () => {
    const arn = await run({ taskDefinition: "app" });
    const taskId = arn.split("/").at(-1) ?? "";
    expect(plane.assumed).toEqual(
      [ROLE, EXECUTION].map((roleArn) => ({
        roleArn,
        sessionName: taskId,
        durationMs: 3_600_000,
      })),
    );
    const [payload] = payloads();
    expect(payload?.roleCredentials).toEqual({
      credentialsId: expect.stringMatching(/^[0-9a-f]{8}-/),
      roleArn: ROLE,
      accessKeyId: `ASIA-${taskId}`,
      secretAccessKey: `secret of ${taskId}`,
      sessionToken: `token of ${taskId}`,
      expiration: new Date(plane.now() + 3_600_000).toISOString(),
    });
    const { roleCredentials, executionRoleCredentials } = payload ?? {};
    expect(executionRoleCredentials?.credentialsId).not.toBe(roleCredentials?.credentialsId);
  });

  test("has another one where it is overridden", async () => {
    const other = "arn:aws:iam::123456789012:role/berth-test/other";
    await run({ taskDefinition: "plain", overrides: { taskRoleArn: other } });
    const [payload] = payloads();
    expect(payload?.roleCredentials?.roleArn).toBe(other);
    expect(payload).not.toHaveProperty("executionRoleCredentials");
    await expect(
      run({ taskDefinition: "plain", overrides: { taskRoleArn: "app" } }),
    ).rejects.toThrow("Invalid arn syntax");
  });

  test("leaves neither keys nor their ids where people look, and no keys in the table", async () => {
    const arn = await run({ taskDefinition: "app" });
    const [payload] = payloads();
    const id = payload?.roleCredentials?.credentialsId ?? "";
    const described = await describeTasks(plane, { tasks: [arn] });
    expect(JSON.stringify(described)).not.toMatch(new RegExp(`${id}|secret of|token of`));
    const stored = await plane.store.tasks.find(CLUSTER, arn.split("/").at(-1) ?? "");
    expect(JSON.stringify(stored)).toContain(id);
    expect(JSON.stringify(stored)).not.toMatch(/secret of|token of/);
  });

  test("is sent again with the same id", async () => {
    await run({ taskDefinition: "app" });
    const [first] = payloads();
    plane.advance(plane.settings.dispatchRetryMs + 1_000);
    await tend();
    const [again] = payloads();
    expect(again?.roleCredentials?.credentialsId).toBe(first?.roleCredentials?.credentialsId);
  });

  test("stops with ECS's words where the role may not be taken, and gives its place back", async () => {
    plane.roleAnswers.set(ROLE, "refused");
    const arn = await run({ taskDefinition: "app" });
    expect(payloads()).toEqual([]);
    const { tasks } = await describeTasks(plane, { tasks: [arn] });
    expect(tasks).toMatchObject([
      {
        lastStatus: "STOPPED",
        stopCode: "TaskFailedToStart",
        stoppedReason: expect.stringContaining(`ECS was unable to assume the role '${ROLE}'`),
      },
    ]);
    const ledger = await plane.store.instances.findLedger(CLUSTER, ID);
    expect(ledger?.reservations).toEqual({});
  });

  test("waits while there is no saying, and keeps no other task", async () => {
    plane.roleAnswers.set(ROLE, "unknown");
    await run({ taskDefinition: "app" });
    await run({ taskDefinition: "plain" });
    expect(payloads().map(({ family }) => family)).toEqual(["plain"]);
    plane.roleAnswers.clear();
    plane.advance(plane.settings.dispatchRetryMs + 1_000);
    await tend();
    expect(payloads().map(({ family }) => family)).toContain("app");
  });
});

describe("a task whose keys do not come for long", () => {
  const { resendForMs, dispatchRetryMs } = DEFAULT_SETTINGS;

  /** Delivers the messages that have come due: what dispatch sends itself is delayed. */
  async function passTime(ms: number): Promise<void> {
    plane.advance(ms);
    await dispatch();
  }

  test("is asked for ever more seldom, and told once there are keys", async () => {
    plane.roleAnswers.set(ROLE, "unknown");
    await run({ taskDefinition: "app" });
    const waits: number[] = [];
    for (let looks = 0; looks < 8; looks += 1) {
      const later = plane.wakes.find(({ message }) => message.kind === "dispatch");
      const timing = later?.timing;
      if (timing?.kind !== "after") throw new Error("nobody looks again");
      waits.push(timing.seconds);
      await passTime(timing.seconds * 1_000);
    }
    expect(waits).toEqual([10, 10, 20, 40, 80, 160, 300, 300]);
    expect(payloads()).toEqual([]);
    plane.roleAnswers.clear();
    await passTime(resendForMs);
    expect(payloads().map(({ family }) => family)).toEqual(["app"]);
  });

  test("is repeated for as long as any other, from then on", async () => {
    plane.roleAnswers.set(ROLE, "unknown");
    const arn = await run({ taskDefinition: "app" });
    plane.roleAnswers.clear();
    await passTime(2 * resendForMs);
    expect(payloads()).toHaveLength(1);
    const ids = [arn.split("/").at(-1) ?? ""];
    const tell = async () => dispatchTasks(plane, CLUSTER, ID, ids);
    plane.advance(resendForMs - 1);
    await tell();
    expect(payloads()).toHaveLength(1);
    plane.advance(dispatchRetryMs);
    await tell();
    expect(payloads()).toEqual([]);
  });

  test("is told at the next connection as ever", async () => {
    plane.roleAnswers.set(ROLE, "unknown");
    await run({ taskDefinition: "app" });
    plane.advance(2 * resendForMs);
    plane.wakes.length = 0;
    plane.roleAnswers.clear();
    await openSession(plane, {
      cluster: CLUSTER,
      containerInstanceId: ID,
      connectionId: "c2",
      sendCredentials: false,
    });
    await dispatch();
    expect(payloads().map(({ family }) => family)).toEqual(["app"]);
  });
});

describe("keys of tasks that run", () => {
  const session = async () => plane.store.sessions.find(CLUSTER, ID);
  let arn: string;
  let credentialsId: string | undefined;

  beforeEach(async () => {
    await tend();
    arn = await run({ taskDefinition: "app" });
    credentialsId = payloads()[0]?.roleCredentials?.credentialsId;
    await report(arn, "RUNNING");
  });

  async function comeBack(sendCredentials: boolean): Promise<void> {
    await openSession(plane, {
      cluster: CLUSTER,
      containerInstanceId: ID,
      connectionId: "c2",
      sendCredentials,
    });
    await dispatch();
  }

  test("are sent to an agent that has just started, and not to one that only dialled again", async () => {
    await comeBack(true);
    expect(renewals().map((each) => [each.roleType, each.taskArn])).toEqual([
      ["TaskApplication", arn],
      ["TaskExecution", arn],
    ]);
    await comeBack(false);
    expect(renewals()).toEqual([]);
  });

  test("are sent anew at half of their time, under the same id", async () => {
    await comeBack(true);
    renewals();
    plane.advance(1_799_000);
    await tend();
    expect(renewals()).toEqual([]);
    plane.advance(2_000);
    await tend();
    const [renewed] = renewals();
    expect(renewed?.roleCredentials).toMatchObject({
      credentialsId,
      expiration: new Date(plane.now() + 3_600_000).toISOString(),
    });
  });

  test("are asked for again with the next heartbeat where STS did not answer", async () => {
    plane.roleAnswers.set(ROLE, "unknown");
    await comeBack(true);
    expect(renewals().map(({ roleType }) => roleType)).toEqual(["TaskExecution"]);
    const { nextHeartbeatAt, renewRolesAt } = (await session()) ?? {};
    expect(renewRolesAt).toBe(nextHeartbeatAt);
  });

  test("stay as they are where the role may not be taken any more: the task runs on", async () => {
    plane.roleAnswers.set(ROLE, "refused");
    await comeBack(true);
    expect(renewals().map(({ roleType }) => roleType)).toEqual(["TaskExecution"]);
    const { tasks } = await describeTasks(plane, { tasks: [arn] });
    expect(tasks).toMatchObject([{ lastStatus: "RUNNING" }]);
  });
});
