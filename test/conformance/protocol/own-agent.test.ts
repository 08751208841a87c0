import { startAgent } from "@berth/agent/agent";
import { lineLog } from "@berth/agent/log";
import { expect, it } from "vitest";
import { eventually } from "../api/eventually.ts";
import { InstantEngine } from "../api/instant-engine.ts";
import { ScriptedAgent } from "./scripted-agent.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 8, from the other side: what Berth's own agent says of its instance after a heartbeat. */
const stage = new ProtocolStage({
  BERTH_HEARTBEAT_INTERVAL_MS: "1000",
  BERTH_LEASE_MS: "5000",
});

it("tells that its engine answers, and when it does not any more", async () => {
  const cluster = await stage.cluster();
  let answers = true;
  const agent = await startAgent(
    stage.machine.agentConfig({ ECS_CLUSTER: cluster }),
    lineLog("none", () => undefined),
    async () => ({
      ...new InstantEngine().opened("amd64"),
      ping: async () => {
        if (!answers) throw new Error("the engine hangs");
      },
    }),
  );
  try {
    const instance = new ScriptedAgent(stage.machine, cluster, agent.containerInstanceArn);
    const statusIs = (status: string) =>
      eventually(`the instance is ${status}`, async () => {
        const { healthStatus } = await stage.instance(instance);
        return healthStatus?.overallStatus === status && healthStatus.details;
      });
    const good = await statusIs("OK");
    expect(good).toEqual([
      {
        type: "CONTAINER_RUNTIME",
        status: "OK",
        lastUpdated: expect.any(Date) as Date,
        lastStatusChange: expect.any(Date) as Date,
      },
    ]);
    answers = false;
    await statusIs("IMPAIRED");
    // It goes on none the less: what runs, runs.
    expect((await stage.instance(instance)).agentConnected).toBe(true);
    answers = true;
    await statusIs("OK");
  } finally {
    await agent.close();
  }
});
