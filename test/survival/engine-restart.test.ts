import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { AgentUnderTest, aContainer, aTask } from "../e2e/agent-process.ts";
import { sayWhatWasSurvived, survives } from "../e2e/survival-log.ts";
import { OwnEngine } from "./own-engine.ts";

let agent: AgentUnderTest | undefined;
let engine: OwnEngine | undefined;

afterEach(async () => {
  await agent?.close();
  await engine?.close();
  [agent, engine] = [undefined, undefined];
});
afterAll(sayWhatWasSurvived);

const problem = await OwnEngine.problem();
if (problem !== undefined) console.log(`skipped: engines that restart. ${problem}`);

const withoutNetwork = (members: Parameters<typeof aContainer>[0] = {}) =>
  aTask({ networkMode: "none", containers: [aContainer(members)] });

/** Ids and starts of the containers that run. */
async function running() {
  if (!engine || !agent) throw new Error("no engine");
  const { docker } = engine;
  const containers = await agent.containers();
  const infos = await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).inspect()));
  return infos
    .filter(({ State }) => State.Running)
    .map(({ Id, State }) => ({ id: Id, startedAt: State.StartedAt }));
}

async function runOnOwnEngine(liveRestore: boolean, count: number) {
  engine = await OwnEngine.start({ liveRestore });
  agent = await AgentUnderTest.start({}, engine.dockerHost);
  const { controlPlane } = agent;
  const tasks = Array.from({ length: count }, () => withoutNetwork());
  controlPlane.sendTasks(...tasks);
  for (const { arn } of tasks) await controlPlane.submitted(arn, "RUNNING");
  return { tasks, controlPlane };
}

describe.skipIf(problem !== undefined)("an engine that restarts", () => {
  test.each(["SIGTERM", "SIGKILL"] as const)(
    "by %s with live-restore: containers go on, and what is ordered meanwhile is done",
    async (signal) => {
      const { tasks, controlPlane } = await runOnOwnEngine(true, 5);
      const before = await running();
      const late = withoutNetwork();
      await survives(`engine restart by ${signal}, live-restore`, async () => {
        const restarting = engine?.restart(signal, 3_000);
        controlPlane.sendTasks(late);
        controlPlane.stopTask(tasks[0]?.arn ?? "");
        await restarting;
        await controlPlane.submitted(late.arn, "RUNNING");
        await controlPlane.submitted(tasks[0]?.arn ?? "", "STOPPED");
      });
      const [, ...left] = tasks;
      for (const { arn } of left) {
        expect(controlPlane.submissionsOf(arn).map(({ status }) => status)).toEqual(["RUNNING"]);
      }
      const now = await running();
      expect(now).toHaveLength(5);
      expect(before.filter((each) => now.some(({ id }) => id === each.id))).toHaveLength(4);
      // It still hears what ends.
      controlPlane.stopTask(late.arn);
      await controlPlane.submitted(late.arn, "STOPPED");
    },
  );

  test("without live-restore: what ended with it is told, and what has a restart policy runs again", async () => {
    const { tasks, controlPlane } = await runOnOwnEngine(false, 3);
    const restartPolicy = { enabled: true, restartAttemptPeriod: 1 };
    const again = withoutNetwork({ restartPolicy });
    controlPlane.sendTasks(again);
    await controlPlane.submitted(again.arn, "RUNNING");
    // It has run for as long as its policy asks.
    await sleep(2_000);
    await survives("engine restart without live-restore", async () => {
      await engine?.restart("SIGTERM", 1_000);
      for (const { arn } of tasks) await controlPlane.submitted(arn, "STOPPED");
      await expect.poll(running, { timeout: 60_000 }).toHaveLength(1);
    });
    expect(controlPlane.submissionsOf(again.arn).map(({ status }) => status)).toEqual(["RUNNING"]);
    const fresh = withoutNetwork();
    controlPlane.sendTasks(fresh);
    await controlPlane.submitted(fresh.arn, "RUNNING");
  });

  test("and is not there yet when its agent starts: the agent ends, to be started again", async () => {
    const { tasks, controlPlane } = await runOnOwnEngine(true, 1);
    const before = await running();
    await agent?.signal("SIGTERM");
    const restarting = engine?.restart("SIGTERM", 3_000);
    agent?.launch();
    expect(await agent?.ended()).toBe(1);
    await restarting;
    await agent?.restart();
    await controlPlane.acked(controlPlane.sendManifest(tasks.map(({ arn }) => arn)));
    expect(await running()).toEqual(before);
  });
});
