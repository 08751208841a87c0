import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth } from "./berth.ts";
import { calmContainers, expectRecovered, roll, startTwoServices } from "./two-services.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start();
  await startTwoServices(berth);
});
afterAll(async () => berth.down());

describe("killed with SIGKILL in the midst of a rollout", () => {
  test.each([
    ["the control plane comes back, adopts what runs and finishes the rollout", "control-plane"],
    ["an agent comes back, adopts its containers and the rollout finishes", "agent-2"],
    ["the queues forget everything and the rollout finishes all the same", "sqs"],
    ["the database comes back with all that was written", "dynamodb"],
  ])("%s", async (_, name) => {
    const before = await calmContainers(berth);
    const revision = await roll(berth);
    process.kill(berth.pidOf(name), "SIGKILL");
    expect((await berth.runningContainers()).length).toBeGreaterThanOrEqual(9);
    await expectRecovered(berth, before, revision);
  });
});
