import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import type { RoleCredentials } from "@berth/contracts/agent/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentUnderTest, aTask, HOST_ADDRESS } from "./agent-process.ts";
import { eventually } from "./berth.ts";

let agent: AgentUnderTest;

beforeAll(async () => {
  agent = await AgentUnderTest.start({
    ECS_ENABLE_TASK_IAM_ROLE: "true",
    ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: "true",
  });
});
afterAll(() => agent?.close());

const credentialsOf = (number: number, credentialsId = randomUUID()): RoleCredentials => ({
  credentialsId,
  roleArn: `arn:aws:iam::123456789012:role/role-${number}`,
  accessKeyId: `ASIAROLE${number}`,
  secretAccessKey: `secret of ${number}`,
  sessionToken: `token of ${number}`,
  expiration: "2030-01-01T00:00:00Z",
});

/** Runs a task and gives the engine's id of its container. */
async function run(task = aTask()): Promise<string> {
  agent.controlPlane.sendTasks(task);
  const { containers } = await agent.controlPlane.submitted(task.arn, "RUNNING");
  return containers[0]?.runtimeId ?? "";
}

/** What a shell in the container prints. */
async function inside(dockerId: string, script: string): Promise<string> {
  const args = ["exec", dockerId, "/bin/sh", "-c", script];
  const { stdout } = await promisify(execFile)("docker", args);
  return stdout;
}

/** Another test's agent may have answered for the machine; where it ends, one takes its place within a second. */
const fetchInside = (dockerId: string, url: string): Promise<unknown> =>
  eventually("an agent listens", async () => {
    const said = await inside(dockerId, `wget -qO- "${url}" 2>&1 || true`);
    return said.includes("Connection refused") ? undefined : (JSON.parse(said) as unknown);
  });

/**
 * A whole answer, its status and all, which busybox's wget does not tell. Who hangs up before the
 * agent has asked the others of the machine hears nothing, and asks again.
 */
const askInside = (dockerId: string, request: string, ...values: readonly string[]) =>
  eventually("the agent answers", async () => {
    const [text, ...printed] = [request, ...values].map((each) => `"${each}"`);
    const ask = `{ printf ${[text, ...printed].join(" ")}; sleep 1; } | nc 169.254.170.2 80`;
    return (await inside(dockerId, ask)) || undefined;
  });

const refusalInside = (dockerId: string, url: string): Promise<string> =>
  askInside(dockerId, `GET ${url} HTTP/1.0\\r\\n\\r\\n`);

const CREDENTIALS_URL = "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";

test("an agent that containers reach offers to take tasks with roles", () => {
  const [registration] = agent.controlPlane.registrations;
  for (const capability of ["task-iam-role", "task-iam-role-network-host"]) {
    expect(registration?.attributes).toContainEqual({
      name: `com.amazonaws.ecs.capability.${capability}`,
    });
  }
});

describe("a container on the bridge", () => {
  test("is told of itself and its task at the address that it was given", async () => {
    const task = aTask({ serviceName: "web", launchType: "EC2" });
    const dockerId = await run(task);
    const metadata = await fetchInside(dockerId, "$ECS_CONTAINER_METADATA_URI_V4");
    expect(metadata).toMatchObject({
      DockerId: dockerId,
      Name: "web",
      Image: "berth/demo:1",
      DesiredStatus: "RUNNING",
      KnownStatus: "RUNNING",
      Type: "NORMAL",
      Limits: { CPU: 16, Memory: 16 },
      Networks: [{ NetworkMode: "bridge", IPv4Addresses: [expect.stringMatching(/^172\./)] }],
      Labels: { "com.amazonaws.ecs.task-arn": task.arn },
    });
    expect(await fetchInside(dockerId, "$ECS_CONTAINER_METADATA_URI_V4/task")).toMatchObject({
      TaskARN: task.arn,
      Cluster: "default",
      Family: "web",
      Revision: "1",
      KnownStatus: "RUNNING",
      ServiceName: "web",
      LaunchType: "EC2",
      Containers: [{ DockerId: dockerId }],
    });
    expect(await fetchInside(dockerId, "$ECS_CONTAINER_METADATA_URI/task")).not.toHaveProperty(
      "ServiceName",
    );
    const stats = await fetchInside(dockerId, "$ECS_CONTAINER_METADATA_URI_V4/task/stats");
    expect(stats).toMatchObject({ [dockerId]: { memory_stats: { usage: expect.any(Number) } } });
  });

  test("is told of tags, and of its protection, which it may change", async () => {
    const task = aTask();
    const dockerId = await run(task);
    const { containerInstanceArn } = agent.controlPlane;
    expect(
      await fetchInside(dockerId, "$ECS_CONTAINER_METADATA_URI_V4/taskWithTags"),
    ).toMatchObject({
      TaskTags: { of: task.arn },
      ContainerInstanceTags: { of: containerInstanceArn },
    });
    const put = (body: string) =>
      askInside(
        dockerId,
        `PUT %s/task-protection/v1/state HTTP/1.0\\r\\nContent-Length: ${body.length}\\r\\n\\r\\n${body.replaceAll('"', String.raw`\"`)}`,
        "${ECS_AGENT_URI#http://169.254.170.2}",
      );
    expect(await put("{}")).toContain("does not contain 'ProtectionEnabled' field");
    expect(await put('{"ProtectionEnabled":true}')).toContain(
      `{"protection":{"ProtectionEnabled":true,"TaskArn":"${task.arn}"}}`,
    );
    const url = "$ECS_AGENT_URI/task-protection/v1/state";
    expect(await fetchInside(dockerId, url)).toMatchObject({
      protection: { ProtectionEnabled: true },
    });
  });

  test("gets its role's keys, new ones before they expire, and nobody else's", async () => {
    const [first, second] = [credentialsOf(1), credentialsOf(2)];
    const [one, two] = [aTask({ roleCredentials: first }), aTask({ roleCredentials: second })];
    const dockerId = await run(one);
    const other = await run(two);
    expect(await fetchInside(dockerId, CREDENTIALS_URL)).toEqual({
      RoleArn: first.roleArn,
      AccessKeyId: first.accessKeyId,
      SecretAccessKey: first.secretAccessKey,
      Token: first.sessionToken,
      Expiration: first.expiration,
    });
    expect(await fetchInside(other, CREDENTIALS_URL)).toMatchObject({ RoleArn: second.roleArn });

    const renewed = { ...credentialsOf(3), credentialsId: first.credentialsId };
    const ack = await agent.controlPlane.acked(
      agent.controlPlane.sendRoleCredentials(one.arn, renewed),
    );
    expect(ack).toMatchObject({
      type: "IAMRoleCredentialsAckRequest",
      message: { credentialsId: first.credentialsId, expiration: renewed.expiration },
    });
    expect(await fetchInside(dockerId, CREDENTIALS_URL)).toMatchObject({
      SecretAccessKey: renewed.secretAccessKey,
    });
    const guess = randomUUID();
    expect(await refusalInside(other, `/v2/credentials/${guess}`)).toMatch(
      /400 Bad Request[^]*"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found"/,
    );
    const bare = await run(aTask());
    expect(await inside(bare, "env")).not.toContain("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  });

  test("keeps its address over a restart of the agent, and its keys come again", async () => {
    const credentials = credentialsOf(4);
    const task = aTask({ roleCredentials: credentials });
    const dockerId = await run(task);
    await agent.signal("SIGKILL");
    await agent.restart();
    expect(await fetchInside(dockerId, "$ECS_CONTAINER_METADATA_URI_V4")).toMatchObject({
      DockerId: dockerId,
    });
    expect(await refusalInside(dockerId, `/v2/credentials/${credentials.credentialsId}`)).toMatch(
      /503 Service Unavailable[^]*"code":"CredentialsUninitialized"/,
    );
    await agent.controlPlane.acked(agent.controlPlane.sendRoleCredentials(task.arn, credentials));
    expect(await fetchInside(dockerId, CREDENTIALS_URL)).toMatchObject({
      SecretAccessKey: credentials.secretAccessKey,
    });
  });

  test("may ask sixty times at once, and not two hundred times", async () => {
    const dockerId = await run();
    // Over one connection: it is as fast as the machine allows, and not as its shell is.
    const said = await inside(
      dockerId,
      `{ for i in $(seq 200); do printf "GET /v2/credentials/none HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"; done; sleep 3; } |
        nc 169.254.170.2 80 | grep -o "HTTP/1.1 4.*" | tr -d "\\r"`,
    );
    const lines = said.trim().split("\n");
    expect(lines.filter((line) => line.includes("400")).length).toBeGreaterThanOrEqual(60);
    expect(lines).toContain("HTTP/1.1 429 Too Many Requests");
  });

  test("has none of the secrets in the agent's log or on its disk", async () => {
    const credentials = credentialsOf(5);
    await run(aTask({ roleCredentials: credentials }));
    const written = `${agent.log}${agent.filesText()}`;
    expect(written).toContain("task/default/");
    for (const secret of [credentials.secretAccessKey, credentials.sessionToken]) {
      expect(written).not.toContain(secret);
    }
  });
});

describe("a container on the machine's network", () => {
  test("gets its role's keys as well", async () => {
    const credentials = credentialsOf(6);
    const dockerId = await run(aTask({ networkMode: "host", roleCredentials: credentials }));
    expect(await fetchInside(dockerId, CREDENTIALS_URL)).toMatchObject({
      RoleArn: credentials.roleArn,
    });
  });
});

describe("a second agent on the machine", () => {
  let second: AgentUnderTest;
  beforeAll(async () => {
    second = await AgentUnderTest.start({ BERTH_HOST_ADDRESS: "127.0.7.2" });
  });
  afterAll(() => second?.close());

  test("serves its containers through the first, and takes its place when it dies", async () => {
    const task = aTask();
    second.controlPlane.sendTasks(task);
    const { containers } = await second.controlPlane.submitted(task.arn, "RUNNING");
    const dockerId = containers[0]?.runtimeId ?? "";
    const metadata = "$ECS_CONTAINER_METADATA_URI_V4/task";
    expect(await fetchInside(dockerId, metadata)).toMatchObject({ TaskARN: task.arn });
    await agent.signal("SIGKILL");
    await eventually("another agent to answer", async () =>
      fetchInside(dockerId, metadata).catch(() => false),
    );
    await agent.restart();
  });
});

describe("introspection", () => {
  const ask = async (path: string) => {
    const answer = await fetch(`http://${HOST_ADDRESS}:51678${path}`);
    return { status: answer.status, body: await answer.json() };
  };

  test("tells the machine of the agent and its tasks", async () => {
    const task = aTask();
    const dockerId = await run(task);
    expect((await ask("/")).body).toEqual({
      AvailableCommands: ["/v1/metadata", "/v1/tasks", "/license"],
    });
    expect((await ask("/v1/metadata")).body).toMatchObject({
      Cluster: "default",
      ContainerInstanceArn: agent.controlPlane.containerInstanceArn,
    });
    const described = { Arn: task.arn, KnownStatus: "RUNNING", Containers: [{ Name: "web" }] };
    expect((await ask(`/v1/tasks?taskarn=${task.arn}`)).body).toMatchObject(described);
    const short = dockerId.slice(0, 12);
    expect((await ask(`/v1/tasks?dockerid=${short}`)).body).toMatchObject(described);
    expect(await ask("/v1/tasks?taskarn=none")).toMatchObject({ status: 404 });
  });
});
