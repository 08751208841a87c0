import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AgentUnderTest, aContainer, aTask } from "./agent-process.ts";

let agent: AgentUnderTest;

beforeEach(async () => {
  agent = await AgentUnderTest.start({ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: "1s" });
});
afterEach(() => agent?.close());

async function runTask(task = aTask()): Promise<{ arn: string; dockerId: string }> {
  agent.controlPlane.sendTasks(task);
  const { containers } = await agent.controlPlane.submitted(task.arn, "RUNNING");
  return { arn: task.arn, dockerId: containers[0]?.runtimeId ?? "" };
}

test("an agent that was killed adopts the very same containers", async () => {
  const { arn, dockerId } = await runTask();
  await agent.signal("SIGKILL");
  await agent.restart();
  expect(agent.controlPlane.registrations.at(-1)?.containerInstanceArn).toBe(
    agent.controlPlane.containerInstanceArn,
  );
  await agent.controlPlane.acked(agent.controlPlane.sendManifest([arn]));
  const [container] = await agent.containers();
  expect(container).toMatchObject({ Id: dockerId, State: "running" });
  // It may have died between the answer to its report and its record of that: then it says it again.
  const said = agent.controlPlane.submissionsOf(arn).map(({ status }) => status);
  expect(new Set(said)).toEqual(new Set(["RUNNING"]));
  agent.controlPlane.stopTask(arn);
  await agent.controlPlane.submitted(arn, "STOPPED");
});

test("what ended while the agent was away is reported, with its exit code", async () => {
  const { arn, dockerId } = await runTask();
  await agent.signal("SIGKILL");
  await agent.docker.getContainer(dockerId).stop();
  await agent.restart();
  const stopped = await agent.controlPlane.submitted(arn, "STOPPED");
  expect(stopped.containers).toMatchObject([{ runtimeId: dockerId, exitCode: 0 }]);
});

test("a container that was removed while the agent was away is reported, not started again", async () => {
  const { arn, dockerId } = await runTask();
  await agent.signal("SIGKILL");
  await agent.docker.getContainer(dockerId).remove({ force: true });
  await agent.restart();
  await agent.controlPlane.submitted(arn, "STOPPED");
  expect(await agent.containers()).toEqual([]);
});

test("SIGTERM ends the agent and leaves its containers running", async () => {
  const { dockerId } = await runTask();
  expect(await agent.signal("SIGTERM")).toBe(0);
  expect(await agent.containers()).toMatchObject([{ Id: dockerId, State: "running" }]);
});

test("stops what a manifest does not have, once that is confirmed", async () => {
  const { arn } = await runTask();
  const manifestId = agent.controlPlane.sendManifest([]);
  const question = await agent.controlPlane.until("the agent's question", () =>
    agent.controlPlane.commands.find(({ type }) => type === "TaskStopVerificationMessage"),
  );
  expect(question.message).toMatchObject({
    messageId: manifestId,
    stopCandidates: [{ taskArn: arn }],
  });
  agent.controlPlane.confirmStops(manifestId, [arn]);
  await agent.controlPlane.submitted(arn, "STOPPED");
});

test("a report is repeated until it is accepted, and only then is anything removed", async () => {
  const mountPoints = [{ sourceVolume: "data", containerPath: "/data", readOnly: false }];
  const task = aTask({
    containers: [aContainer({ command: ["sleep", "1"], mountPoints })],
    volumes: [{ name: "data", type: "docker" }],
  });
  agent.controlPlane.sendTasks(task);
  await agent.controlPlane.submitted(task.arn, "RUNNING");
  agent.controlPlane.isFailing = true;
  await sleep(4_000);
  expect(await agent.containers()).toMatchObject([{ State: "exited" }]);
  expect(await agent.volumes()).toHaveLength(1);
  agent.controlPlane.isFailing = false;
  await agent.controlPlane.submitted(task.arn, "STOPPED");
  await expect.poll(() => agent.containers(), { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => agent.volumes(), { timeout: 10_000 }).toEqual([]);
});

test("leaves containers alone that are another instance's", async () => {
  const { dockerId } = await runTask();
  const other = await AgentUnderTest.start();
  await other.controlPlane.acked(other.controlPlane.sendManifest([]));
  await other.close();
  expect(await agent.containers()).toMatchObject([{ Id: dockerId, State: "running" }]);
});
