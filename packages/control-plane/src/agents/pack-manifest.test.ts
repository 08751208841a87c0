import { aTask, taskId } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { packManifest } from "./pack-manifest.ts";

const SCOPE = { region: "us-east-1", account: "000000000000" };
const MAX_BYTES = 128 * 1024;

const tasks = (count: number) =>
  Array.from({ length: count }, (_, index) => aTask({ id: taskId("service:web", index + 1) }));

test("names every task that is not over, with what it is to be", () => {
  const [first, second, over] = tasks(3);
  if (!first || !second || !over) throw new Error("three tasks were made");
  const listed = packManifest(SCOPE, [
    first,
    { ...second, desiredStatus: "STOPPED" },
    { ...over, lastStatus: "STOPPED" },
  ]);
  expect(listed).toEqual([
    {
      taskArn: `arn:aws:ecs:us-east-1:000000000000:task/default/${first.id}`,
      taskClusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/default",
      desiredStatus: "RUNNING",
    },
    expect.objectContaining({ desiredStatus: "STOPPED" }),
  ]);
});

test("leaves the clusters out where there are too many tasks for them", () => {
  const listed = packManifest(SCOPE, tasks(800));
  expect(listed).toHaveLength(800);
  expect(listed?.[0]).not.toHaveProperty("taskClusterArn");
  expect(JSON.stringify(listed).length).toBeLessThan(MAX_BYTES);
});

test("leaves out what an agent can ask about, what is to stop before what is to run", () => {
  const stopping = aTask({ id: taskId("service:web", 9_999), desiredStatus: "STOPPED" });
  const listed = packManifest(SCOPE, [stopping, ...tasks(1_200)]);
  expect(listed?.length).toBeGreaterThan(1_000);
  expect(listed?.every(({ desiredStatus }) => desiredStatus === "RUNNING")).toBe(true);
  expect(JSON.stringify(listed).length).toBeLessThan(MAX_BYTES);
});

test("says nothing where no message carries the question that would come back", () => {
  expect(packManifest(SCOPE, tasks(2_000))).toBeUndefined();
});
