import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { expect } from "vitest";
import { type Berth, eventually } from "./berth.ts";
import {
  createService,
  describeService,
  page,
  registerDemo,
  runtimeIds,
  stable,
  tasksOf,
} from "./demo.ts";

const CALM_COUNT = 3;
const BUSY_COUNT = 6;

/** `calm` stays as it is; `busy` has two revisions to roll between. */
export async function startTwoServices(berth: Berth): Promise<void> {
  await registerDemo(berth, "calm", "1");
  await registerDemo(berth, "busy", "1");
  await registerDemo(berth, "busy", "2");
  await createService(berth, "calm", "calm:1", CALM_COUNT);
  await createService(berth, "busy", "busy:1", BUSY_COUNT);
  await stable(berth, "calm");
  await stable(berth, "busy");
}

/** Docker ids of the service that nobody touches. */
export const calmContainers = async (berth: Berth): Promise<readonly string[]> =>
  runtimeIds(await tasksOf(berth, "calm"));

/** Begins a rollout to the other revision and returns its number while that is under way. */
export async function roll(berth: Berth): Promise<"1" | "2"> {
  const { taskDefinition: current } = await describeService(berth, "busy");
  const revision = current?.endsWith(":1") ? "2" : "1";
  const taskDefinition = `busy:${revision}`;
  await berth.ecs.send(new UpdateServiceCommand({ service: "busy", taskDefinition }));
  await eventually("the rollout is under way", async () => {
    const tasks = await tasksOf(berth, "busy");
    return tasks.some((task) => task.taskDefinitionArn?.endsWith(taskDefinition));
  });
  return revision;
}

/** Both services as they should be: one untouched, the other on its new revision. */
export async function expectRecovered(
  berth: Berth,
  calmBefore: readonly string[],
  revision: string,
): Promise<void> {
  await stable(berth, "busy", 180_000);
  expect(await calmContainers(berth)).toEqual(calmBefore);
  const tasks = await tasksOf(berth, "busy");
  expect(tasks).toHaveLength(BUSY_COUNT);
  await eventually("every page is the new revision's", async () => {
    // RUNNING says that a process runs, not that it answers yet.
    const pages = await Promise.all(tasks.map(async (task) => page(task).catch(() => "")));
    return pages.every((text) => text.startsWith(`berth demo ${revision} on `));
  });
  await eventually("no surplus container runs", async () => {
    return (await berth.runningContainers()).length === CALM_COUNT + BUSY_COUNT;
  });
}
