import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import { ECSClient } from "@aws-sdk/client-ecs";
import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { lineLog } from "../log.ts";
import { type ContainerState, type ManagedTask, newTask } from "../state.ts";
import type { InspectedContainer } from "./container-inspector.ts";
import { endpointIdOf } from "./environment.ts";
import { RoleKeeper } from "./role-keeper.ts";
import { TaskEndpoints } from "./task-endpoints.ts";

const NO_DEMAND = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] };

const INSPECTED: InspectedContainer = {
  name: "ecs-web-1-web-abc",
  imageId: "sha256:1",
  createdAt: "2026-11-21T20:00:00.5Z",
  labels: { a: "b" },
  logDriver: "json-file",
  logOptions: { tag: "x", "awslogs-credentials-endpoint": "/v2/credentials/secret" },
  mounts: [{ name: "data", source: "/var/lib/docker/volumes/data", destination: "/data" }],
  networkMode: "bridge",
  ipv4Addresses: ["172.17.0.2"],
};

const roles = new RoleKeeper({ isServing: true });

/** A task of two containers, of which the second is as far as it is said. */
function aTask(second: Omit<ContainerState, "name">): ManagedTask {
  const { task } = roles.take(
    aPayloadTask({
      containers: [
        aPayloadContainer({
          containerArn: "arn:aws:ecs:us-east-1:123456789012:container/default/t/c",
          healthCheckType: "docker",
          portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
        }),
        aPayloadContainer({ name: "side", image: "side:2" }),
      ],
      cpu: 0.25,
    }),
  );
  const running: ContainerState = {
    name: "web",
    phase: "RUNNING",
    dockerId: "d1",
    startedAt: Date.parse("2026-11-21T20:00:01Z"),
    health: { status: "HEALTHY", since: Date.parse("2026-11-21T20:00:31Z") },
    networkBindings: [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 32_768, protocol: "tcp" }],
  };
  return { ...newTask(task, NO_DEMAND), containers: [running, { name: "side", ...second }] };
}

async function ask(task: ManagedTask, tail: string, version = 4): Promise<unknown> {
  const endpoints = new TaskEndpoints({
    api: new ECSClient({ region: "us-east-1" }),
    cluster: "default",
    availabilityZone: "us-east-1a",
    containerInstanceArn: "arn",
    inspector: {
      // The engine has removed the second container.
      inspect: async (id) => (id === "d1" ? INSPECTED : Promise.reject(new Error("404"))),
      stats: async (id) => ({ id }),
      bridge: async () => undefined,
    },
    roles,
    log: lineLog("none", () => undefined),
    tasks: () => [task],
  });
  const id = task.payload.containers[0] && endpointIdOf(task.payload.containers[0]);
  const path = `/v${version}/${id}${tail}`;
  const query = new URLSearchParams();
  const answer = await endpoints.answer({ method: "GET", path, query, body: "" });
  return answer && JSON.parse(answer.body);
}

const stopped = { phase: "STOPPED", dockerId: "d2", exitCode: 3, finishedAt: 0 } as const;

test("a container is told all that the ECS agent tells it", async () => {
  expect(await ask(aTask(stopped), "")).toEqual({
    DockerId: "d1",
    Name: "web",
    DockerName: "ecs-web-1-web-abc",
    Image: "web:1",
    ImageID: "sha256:1",
    Ports: [{ ContainerPort: 80, Protocol: "tcp", HostPort: 32_768, HostIp: "0.0.0.0" }],
    Labels: { a: "b" },
    DesiredStatus: "RUNNING",
    KnownStatus: "RUNNING",
    Limits: { CPU: 64, Memory: 64 },
    CreatedAt: "2026-11-21T20:00:00.5Z",
    StartedAt: "2026-11-21T20:00:01.000Z",
    Type: "NORMAL",
    Health: { status: "HEALTHY", statusSince: "2026-11-21T20:00:31.000Z" },
    Volumes: [{ DockerName: "data", Source: "/var/lib/docker/volumes/data", Destination: "/data" }],
    LogDriver: "json-file",
    LogOptions: { tag: "x" },
    ContainerARN: "arn:aws:ecs:us-east-1:123456789012:container/default/t/c",
    Networks: [{ NetworkMode: "bridge", IPv4Addresses: ["172.17.0.2"] }],
  });
});

test("in version 3 it is told less", async () => {
  const told = await ask(aTask(stopped), "", 3);
  expect(told).toMatchObject({ DockerId: "d1" });
  for (const member of ["LogDriver", "LogOptions", "ContainerARN"]) {
    expect(told).not.toHaveProperty(member);
  }
});

test("a task is told of containers that ended and were removed, and is as far as its last one", async () => {
  expect(await ask(aTask(stopped), "/task")).toMatchObject({
    Cluster: "default",
    KnownStatus: "RUNNING",
    Limits: { CPU: 0.25 },
    AvailabilityZone: "us-east-1a",
    FaultInjectionEnabled: false,
    Containers: [
      { Name: "web" },
      { Name: "side", KnownStatus: "STOPPED", ExitCode: 3, FinishedAt: "1970-01-01T00:00:00.000Z" },
    ],
  });
  expect(await ask(aTask({ phase: "PULLED" }), "/task")).toMatchObject({
    KnownStatus: "PULLED",
    Containers: [{ Name: "web" }, { Name: "side", DockerId: "" }],
  });
});

test("statistics are by the engine's ids, and null of what does not run", async () => {
  expect(await ask(aTask(stopped), "/stats")).toEqual({ id: "d1" });
  expect(await ask(aTask(stopped), "/task/stats")).toEqual({ d1: { id: "d1" }, d2: null });
});

test("restarts are counted where there is a policy, and the agent's own container is told as such", async () => {
  const task = aTask(stopped);
  const [web, side] = task.payload.containers;
  const restartPolicy = { enabled: true };
  const pause = aPayloadContainer({ name: PAUSE_CONTAINER });
  const containers = [{ ...aPayloadContainer(), ...web, restartPolicy }, side, pause].flatMap(
    (each) => each ?? [],
  );
  const told = await ask(
    {
      ...task,
      payload: { ...task.payload, containers },
      containers: [...task.containers, { name: PAUSE_CONTAINER, phase: "RUNNING", dockerId: "d3" }],
    },
    "/task",
  );
  expect(told).toMatchObject({
    Containers: [{ RestartCount: 0 }, { Name: "side" }, { Type: "NAMESPACE_PAUSE" }],
  });
});
