import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { removeTaskCgroup } from "@berth/agent/docker/task-cgroups";
import type { PayloadTask } from "@berth/contracts/agent/messages";
import { lastSegment } from "@berth/domain/arn";
import { afterEach, expect, test } from "vitest";
import { aContainer, AgentUnderTest, aTask } from "./agent-process.ts";

let agent: AgentUnderTest;

afterEach(() => agent?.close());

/** Stays, until it is ended from outside. */
const STAY = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"];

async function inspectOnly() {
  const [container] = await agent.containers();
  return agent.docker.getContainer(container?.Id ?? "").inspect();
}

async function run(task = aTask()) {
  agent.controlPlane.sendTasks(task);
  return agent.controlPlane.submitted(task.arn, "RUNNING");
}

test("privileged containers are refused where the instance has none", async () => {
  agent = await AgentUnderTest.start({ ECS_DISABLE_PRIVILEGED: "true" });
  const dockerConfig = { version: "1.25", hostConfig: '{"Privileged":true}' };
  const task = aTask({ containers: [aContainer({ dockerConfig })] });
  agent.controlPlane.sendTasks(task);
  const { containers } = await agent.controlPlane.submitted(task.arn, "STOPPED");
  expect(containers).toMatchObject([
    { reason: "CannotCreateContainerError: privileged containers are disabled" },
  ]);
  expect(await agent.containers()).toEqual([]);
});

test("tasks are not bound by their size where that is off", async () => {
  agent = await AgentUnderTest.start({ ECS_ENABLE_TASK_CPU_MEM_LIMIT: "false" });
  await run(aTask({ cpu: 0.25, memory: 64, containers: [aContainer({ memory: 0 })] }));
  const { HostConfig } = await inspectOnly();
  expect(HostConfig).toMatchObject({ Memory: 0, CpuQuota: 0, CgroupParent: "" });
  const names = agent.controlPlane.registrations[0]?.attributes.map(({ name }) => name);
  expect(names).not.toContain("ecs.capability.task-cpu-mem-limit");
});

/** Where a task's cgroup may be, in these trees of the kernel's. */
function placesOf({ arn }: PayloadTask, trees: readonly string[]): readonly string[] {
  const id = lastSegment(arn);
  const places = [`ecs/${id}`, `ecstasks.slice/ecstasks-${id}.slice`];
  return trees.flatMap((tree) => places.map((place) => join("/sys/fs/cgroup", tree, place)));
}

/** In bytes; undefined where tasks have no cgroup. */
function memoryLimit(task: PayloadTask): string | undefined {
  const file = placesOf(task, ["", "memory"])
    .flatMap((place) => [join(place, "memory.max"), join(place, "memory.limit_in_bytes")])
    .find(existsSync);
  return file && readFileSync(file, "utf8").trim();
}

test("a task's cgroup goes with its containers, and so does its pause container", async () => {
  agent = await AgentUnderTest.start({ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: "1s" });
  const task = aTask({ cpu: 0.25, pidMode: "task" });
  await run(task);
  const [first] = await agent.containers();
  const { HostConfig } = await agent.docker.getContainer(first?.Id ?? "").inspect();
  const paths = placesOf(task, ["", "cpu", "memory", "pids"]);
  // None where the agent may not make any.
  expect(paths.some(existsSync)).toBe(HostConfig.CgroupParent !== "");
  agent.controlPlane.stopTask(task.arn);
  await agent.controlPlane.submitted(task.arn, "STOPPED");
  await expect.poll(() => agent.containers(), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => paths.filter(existsSync)).toEqual([]);
});

const restarting = () =>
  aTask({
    memory: 48,
    containers: [
      aContainer({
        command: STAY,
        portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
        restartPolicy: { enabled: true, restartAttemptPeriod: 1 },
      }),
    ],
  });

const startOf = async () => Date.parse((await inspectOnly()).State.StartedAt);

test("a container that is started again keeps its ports, and its task says nothing", async () => {
  agent = await AgentUnderTest.start();
  const task = restarting();
  const { containers } = await run(task);
  const firstStart = await startOf();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await agent.docker.getContainer(containers[0]?.runtimeId ?? "").kill();
  await expect.poll(startOf, { timeout: 10_000 }).toBeGreaterThan(firstStart);
  const { NetworkSettings } = await inspectOnly();
  expect(NetworkSettings.Ports["80/tcp"]).toMatchObject([
    { HostPort: String(containers[0]?.networkBindings?.[0]?.hostPort) },
  ]);
  expect(agent.controlPlane.submissionsOf(task.arn)).toHaveLength(1);
});

test("a container that ended while its agent was away is started again by the next, within its task's size", async () => {
  agent = await AgentUnderTest.start();
  const task = restarting();
  const { containers } = await run(task);
  const firstStart = await startOf();
  const limit = memoryLimit(task);
  const { HostConfig } = await inspectOnly();
  expect(limit).toBe(HostConfig.CgroupParent ? String(48 * 1_048_576) : undefined);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await agent.signal("SIGKILL");
  await agent.docker.getContainer(containers[0]?.runtimeId ?? "").kill();
  // As a machine does that restarts.
  await removeTaskCgroup(task.arn);
  expect(memoryLimit(task)).toBeUndefined();
  await agent.restart();
  await expect.poll(startOf, { timeout: 10_000 }).toBeGreaterThan(firstStart);
  expect(memoryLimit(task)).toBe(limit);
  agent.controlPlane.stopTask(task.arn);
  const stopped = await agent.controlPlane.submitted(task.arn, "STOPPED");
  expect(stopped.containers).toMatchObject([{ exitCode: 0 }]);
});
