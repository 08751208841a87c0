import {
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { createService, registerDemo, stable } from "./demo.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({ instances: 2 });
});
afterAll(async () => berth.down());

async function instanceArns(): Promise<readonly string[]> {
  const { containerInstanceArns = [] } = await berth.ecs.send(
    new ListContainerInstancesCommand({}),
  );
  return containerInstanceArns.toSorted();
}

/** Agents of before still count as connected until their leases run out: what runs is what counts. */
async function runsTasksOnEach(service: string, instances: number): Promise<void> {
  await createService(berth, service, await registerDemo(berth, service, "1"), instances);
  await stable(berth, service);
  const { containerInstances = [] } = await berth.ecs.send(
    new DescribeContainerInstancesCommand({ containerInstances: [...(await instanceArns())] }),
  );
  expect(containerInstances.map(({ runningTasksCount = 0 }) => runningTasksCount > 0)).toEqual(
    Array.from({ length: instances }, () => true),
  );
}

test("with more instances, those that were there are the same and take tasks", async () => {
  const before = await instanceArns();
  await berth.startAgain({ instances: 3 });
  expect(await instanceArns()).toEqual(expect.arrayContaining([...before]));
  await runsTasksOnEach("more", 3);
});

test("after one was deregistered, another one stands in its place", async () => {
  const [gone = "", ...left] = await instanceArns();
  await berth.ecs.send(
    new DeregisterContainerInstanceCommand({ containerInstance: gone, force: true }),
  );
  await berth.startAgain({ instances: 3 });
  const now = await eventually("three instances", async () => {
    const arns = await instanceArns();
    return arns.length === 3 && arns;
  });
  expect(now).toEqual(expect.arrayContaining(left));
  expect(now).not.toContain(gone);
  await runsTasksOnEach("after", 3);
});
