import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { createService, page, registerDemo, runtimeIds, stable, tasksOf } from "./demo.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start();
  await registerDemo(berth, "calm", "1");
  await registerDemo(berth, "busy", "1");
  await registerDemo(berth, "busy", "2");
  await createService(berth, "calm", "calm:1", 3);
  await createService(berth, "busy", "busy:1", 6);
  await stable(berth, "calm");
  await stable(berth, "busy");
});
afterAll(async () => berth.down());

/** Both services as they should be: one untouched, the other on its new revision. */
async function expectRecovered(calmBefore: readonly string[], tag: string): Promise<void> {
  await stable(berth, "busy", 120_000);
  expect(runtimeIds(await tasksOf(berth, "calm"))).toEqual(calmBefore);
  const tasks = await tasksOf(berth, "busy");
  expect(tasks).toHaveLength(6);
  const pages = await Promise.all(tasks.map(page));
  expect(pages.every((text) => text.startsWith(`berth demo ${tag} on `))).toBe(true);
  await eventually("no surplus container runs", async () => {
    return (await berth.runningContainers()).length === 9;
  });
}

async function roll(tag: "1" | "2"): Promise<void> {
  const taskDefinition = `busy:${tag}`;
  await berth.ecs.send(new UpdateServiceCommand({ service: "busy", taskDefinition }));
  await eventually("the rollout is under way", async () => {
    const tasks = await tasksOf(berth, "busy");
    return tasks.some((task) => task.taskDefinitionArn?.endsWith(taskDefinition));
  });
}

describe("killed with SIGKILL in the midst of a rollout", () => {
  test("the control plane comes back, adopts what runs and finishes the rollout", async () => {
    const before = runtimeIds(await tasksOf(berth, "calm"));
    await roll("2");
    process.kill(berth.pidOf("control-plane"), "SIGKILL");
    expect((await berth.runningContainers()).length).toBeGreaterThanOrEqual(9);
    await expectRecovered(before, "2");
  });

  test("an agent comes back, adopts its containers and the rollout finishes", async () => {
    const before = runtimeIds(await tasksOf(berth, "calm"));
    await roll("1");
    process.kill(berth.pidOf("agent-2"), "SIGKILL");
    await expectRecovered(before, "1");
  });

  test("the queues forget everything and the rollout finishes all the same", async () => {
    const before = runtimeIds(await tasksOf(berth, "calm"));
    await roll("2");
    process.kill(berth.pidOf("sqs"), "SIGKILL");
    await expectRecovered(before, "2");
  });

  test("the database comes back with all that was written", async () => {
    const before = runtimeIds(await tasksOf(berth, "calm"));
    await roll("1");
    process.kill(berth.pidOf("dynamodb"), "SIGKILL");
    await expectRecovered(before, "1");
  });
});
