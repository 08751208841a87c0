import { commands } from "@berth/control-plane/commands/registry";
import { describe, expect, it, test } from "vitest";
import { checked, isChecked } from "./check-command.ts";

test.each(Object.entries(commands))("%s is checked wherever a test calls it", (_, command) => {
  expect(isChecked(command as Parameters<typeof isChecked>[0])).toBe(true);
});

const CLUSTER = { clusterName: "default", status: "ACTIVE", runningTasksCount: 0 };

const describing = async (cluster: object) =>
  checked("DescribeClusters", async () => ({ clusters: [cluster], failures: undefined }))();

describe("a checked command", () => {
  it("answers what it answers", async () => {
    expect(await describing(CLUSTER)).toEqual({ clusters: [CLUSTER] });
  });

  it.each([
    [{ mood: "good" }, "DescribeClusters answers: $.clusters[].mood is not in the model"],
    [{ runningTasksCount: "0" }, '$.clusters[].runningTasksCount is no number: "0"'],
    [{ runningTasksCount: new Date("x") }, "$.clusters[].runningTasksCount is no number"],
    [{ tags: null }, "$.clusters[].tags is no list"],
    [{ settings: [{ name: "mood" }] }, "settings[].name is mood, which the model does not have"],
  ])("fails where it answers a cluster with %j", async (more, fault) => {
    await expect(describing({ ...CLUSTER, ...more })).rejects.toThrow(fault);
  });

  it("takes times as dates", async () => {
    const answer = { taskDefinition: { registeredAt: new Date(0) } };
    const command = checked("RegisterTaskDefinition", async () => answer);
    expect(await command()).toBe(answer);
  });
});
