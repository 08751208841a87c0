import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aContainer, AgentUnderTest, aTask, HOST_ADDRESS } from "./agent-process.ts";
import { eventually } from "./berth.ts";

let agent: AgentUnderTest;

beforeAll(async () => {
  agent = await AgentUnderTest.start({ ECS_INSTANCE_ATTRIBUTES: '{"stack":"test"}' });
});
afterAll(() => agent?.close());

const runTask = async (task = aTask()) => {
  agent.controlPlane.sendTasks(task);
  return agent.controlPlane.submitted(task.arn, "RUNNING");
};

describe("an agent's session", () => {
  test("registers with its resources, its attributes and a token", () => {
    const [registration] = agent.controlPlane.registrations;
    expect(registration?.clientToken).toMatch(/^[0-9a-f-]{36}$/);
    expect(registration?.totalResources).toContainEqual(
      expect.objectContaining({ name: "CPU", integerValue: 2048 }),
    );
    expect(registration?.attributes).toContainEqual({ name: "stack", value: "test" });
    expect(registration?.attributes).toContainEqual({ name: "ecs.capability.full-sync" });
  });

  test("signs its handshakes and says on which it wants credentials", () => {
    const [first] = agent.controlPlane.handshakes;
    expect(first?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/);
    expect(first?.headers.authorization).toContain("SignedHeaders=host;x-amz-date");
    expect(first?.url).toMatch(
      /^\/ws\?agentHash=.*&clusterArn=default&.*sendCredentials=true&seqNum=1$/,
    );
  });

  test("answers heartbeats", async () => {
    const frame = await agent.controlPlane.acked(agent.controlPlane.sendHeartbeat());
    expect(frame.type).toBe("HeartbeatAckRequest");
  });

  test("publishes at once, with a signed header before each frame", async () => {
    const frame = await agent.controlPlane.until("metrics", () =>
      agent.controlPlane.telemetry.find(({ type }) => type === "PublishMetricsRequest"),
    );
    expect(frame.message["metadata"]).toMatchObject({ cluster: "default", fin: true });
  });

  test("connects again after the control plane hung up", async () => {
    agent.controlPlane.hangUp(1001);
    await agent.controlPlane.until("reconnect", () => !agent.controlPlane.isConnected);
    await agent.controlPlane.until("reconnect", () => agent.controlPlane.isConnected);
    expect(agent.controlPlane.handshakes.at(-1)?.url).toContain("sendCredentials=false");
  });
});

describe("an agent with a task", () => {
  test("acknowledges the payload and reports RUNNING with a port that answers", async () => {
    const task = aTask({
      containers: [
        aContainer({ portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }] }),
      ],
    });
    await agent.controlPlane.acked(agent.controlPlane.sendTasks(task));
    const { containers } = await agent.controlPlane.submitted(task.arn, "RUNNING");
    const [binding] = containers[0]?.networkBindings ?? [];
    expect(binding).toMatchObject({ bindIP: HOST_ADDRESS, containerPort: 80, protocol: "tcp" });
    // RUNNING is said once its program has begun, which may be before it listens.
    const url = `http://${HOST_ADDRESS}:${binding?.hostPort}/cgi-bin/index.cgi`;
    const page = await eventually("the page", () => fetch(url).catch(() => undefined));
    expect(page.status).toBeLessThan(500);
    agent.controlPlane.stopTask(task.arn);
    await agent.controlPlane.submitted(task.arn, "STOPPED");
  });

  test("reports the exit code of one that ends on its own, RUNNING first", async () => {
    const task = aTask({ containers: [aContainer({ command: ["exit", "3"] })] });
    agent.controlPlane.sendTasks(task);
    const stopped = await agent.controlPlane.submitted(task.arn, "STOPPED");
    expect(stopped.containers).toMatchObject([
      { containerName: "web", status: "STOPPED", exitCode: 3 },
    ]);
    expect(stopped.executionStoppedAt).toBeGreaterThan(Date.now() / 1_000 - 60);
    expect(agent.controlPlane.submissionsOf(task.arn).map(({ status }) => status)).toEqual([
      "RUNNING",
      "STOPPED",
    ]);
  });

  test("stops it with SIGTERM when it is told to", async () => {
    const task = aTask();
    await runTask(task);
    agent.controlPlane.stopTask(task.arn);
    const stopped = await agent.controlPlane.submitted(task.arn, "STOPPED");
    expect(stopped.containers).toMatchObject([{ exitCode: 0 }]);
  });

  test("kills what ignores SIGTERM once its stopTimeout is over", async () => {
    const deaf = aContainer({
      command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
      stopTimeout: 1,
    });
    const task = aTask({ containers: [deaf] });
    await runTask(task);
    agent.controlPlane.stopTask(task.arn);
    const stopped = await agent.controlPlane.submitted(task.arn, "STOPPED");
    expect(stopped.containers).toMatchObject([{ exitCode: 137 }]);
  });

  test("says what killed a container that ran out of memory", async () => {
    const hungry = aContainer({
      command: ["sh", "-c", "sleep 1; dd if=/dev/zero of=/dev/null bs=64M"],
    });
    const task = aTask({ containers: [hungry] });
    agent.controlPlane.sendTasks(task);
    const stopped = await agent.controlPlane.submitted(task.arn, "STOPPED");
    expect(stopped.containers).toMatchObject([
      { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
    ]);
  });

  test.each([
    {
      name: "an image that nobody has",
      members: { image: "localhost:1/none:1" },
      prefix: "CannotPullContainerError: ",
    },
    {
      name: "a program that is not there",
      members: { command: ["/none"] },
      prefix: "CannotStartContainerError: ",
    },
    {
      name: "settings that the engine refuses",
      members: {
        dockerConfig: { version: "1.25", hostConfig: '{"NetworkMode":"container:none"}' },
      },
      prefix: "Cannot",
    },
  ])("gives the reason for $name", async ({ members, prefix }) => {
    const task = aTask({ containers: [aContainer(members)] });
    agent.controlPlane.sendTasks(task);
    const stopped = await agent.controlPlane.submitted(task.arn, "STOPPED");
    expect(stopped.containers[0]?.reason).toMatch(new RegExp(`^${prefix}`));
    expect(stopped.containers[0]).not.toHaveProperty("exitCode");
    expect(agent.controlPlane.submissionsOf(task.arn)).toHaveLength(1);
  });

  test("starts what depends on a finished container after it, and stops them in reverse", async () => {
    const init = aContainer({ name: "init", essential: false, command: ["true"] });
    const main = aContainer({ dependsOn: [{ containerName: "init", condition: "SUCCESS" }] });
    const task = aTask({ containers: [main, init] });
    const running = await runTask(task);
    expect(running.containers).toMatchObject([
      { containerName: "web", status: "RUNNING" },
      { containerName: "init", status: "STOPPED", exitCode: 0 },
    ]);
    agent.controlPlane.stopTask(task.arn);
    await agent.controlPlane.submitted(task.arn, "STOPPED");
  });

  test("waits for health, and tells it on the telemetry socket", async () => {
    const config = {
      Healthcheck: { Test: ["CMD", "true"], Interval: 1e9, Timeout: 1e9, Retries: 1 },
    };
    const checked = aContainer({
      name: "checked",
      healthCheckType: "docker",
      dockerConfig: { version: "1.25", config: JSON.stringify(config) },
    });
    const main = aContainer({ dependsOn: [{ containerName: "checked", condition: "HEALTHY" }] });
    const task = aTask({ containers: [main, checked] });
    await runTask(task);
    const told = await agent.controlPlane.until("health", () =>
      agent.controlPlane.telemetry.findLast(({ type }) => type === "PublishHealthRequest"),
    );
    const containers = [
      expect.objectContaining({ containerName: "checked", healthStatus: "HEALTHY" }),
    ];
    expect(told.message["tasks"]).toContainEqual(
      expect.objectContaining({ taskArn: task.arn, containers }),
    );
    agent.controlPlane.stopTask(task.arn);
    await agent.controlPlane.submitted(task.arn, "STOPPED");
  });

  test("holds back a task whose host port is still in use, again and again", async () => {
    const portMappings = [{ containerPort: 80, hostPort: 18_084, protocol: "tcp" as const }];
    const next = () => aTask({ containers: [aContainer({ portMappings })] });
    let current = next();
    await runTask(current);
    for (let round = 0; round < 4; round += 1) {
      const successor = next();
      agent.controlPlane.sendTasks(successor);
      agent.controlPlane.stopTask(current.arn);
      const { containers } = await agent.controlPlane.submitted(successor.arn, "RUNNING");
      expect(containers).toMatchObject([{ networkBindings: [{ hostPort: 18_084 }] }]);
      await agent.controlPlane.submitted(current.arn, "STOPPED");
      current = successor;
    }
    agent.controlPlane.stopTask(current.arn);
    await agent.controlPlane.submitted(current.arn, "STOPPED");
  });

  test("shares a task's volume among its containers", async () => {
    const mountPoints = [{ sourceVolume: "data", containerPath: "/data", readOnly: false }];
    const writer = aContainer({
      name: "writer",
      essential: false,
      command: ["touch", "/data/file"],
      mountPoints,
    });
    const reader = aContainer({
      command: ["cat", "/data/file"],
      mountPoints,
      dependsOn: [{ containerName: "writer", condition: "SUCCESS" }],
    });
    const task = aTask({
      containers: [reader, writer],
      volumes: [{ name: "data", type: "docker" }],
    });
    agent.controlPlane.sendTasks(task);
    const stopped = await agent.controlPlane.submitted(task.arn, "STOPPED");
    expect(stopped.containers).toContainEqual(
      expect.objectContaining({ containerName: "web", exitCode: 0 }),
    );
  });

  test("reports a task that it cannot read, and runs the others of the same payload", async () => {
    const bad = { ...aTask(), containers: [{ name: "x" }] } as unknown as ReturnType<typeof aTask>;
    const good = aTask();
    const messageId = agent.controlPlane.sendTasks(bad, good);
    const refused = await agent.controlPlane.submitted(bad.arn, "STOPPED");
    expect(refused.reason).toMatch(/^UnrecogniedTaskError: /);
    await agent.controlPlane.submitted(good.arn, "RUNNING");
    expect(agent.controlPlane.commands.map(({ message }) => message["messageId"])).not.toContain(
      messageId,
    );
    agent.controlPlane.stopTask(good.arn);
    await agent.controlPlane.submitted(good.arn, "STOPPED");
  });

  test("says STOPPED of a task that it does not know", async () => {
    const { arn } = aTask();
    agent.controlPlane.stopTask(arn);
    const stopped = await agent.controlPlane.submitted(arn, "STOPPED");
    expect(stopped.containers).toEqual([]);
  });
});
