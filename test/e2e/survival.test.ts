import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { AgentUnderTest, aContainer, aTask } from "./agent-process.ts";
import { sayWhatWasSurvived, survives } from "./survival-log.ts";

let agent: AgentUnderTest;

beforeEach(async () => {
  agent = await AgentUnderTest.start();
});
afterEach(() => agent?.close());
afterAll(sayWhatWasSurvived);

/** What must not change of a container that nobody touches. */
async function untouched() {
  const containers = await agent.containers();
  const infos = await Promise.all(
    containers.map(({ Id }) => agent.docker.getContainer(Id).inspect()),
  );
  return infos.map(({ Id, State, RestartCount }) => ({
    id: Id,
    running: State.Running,
    startedAt: State.StartedAt,
    restarts: RestartCount,
  }));
}

async function run(count: number) {
  const tasks = Array.from({ length: count }, () => aTask());
  agent.controlPlane.sendTasks(...tasks);
  for (const { arn } of tasks) await agent.controlPlane.submitted(arn, "RUNNING");
  return tasks;
}

/** Acknowledged, it shows that the agent has done what it was told before. */
const settled = async (arns: readonly string[]) =>
  agent.controlPlane.acked(agent.controlPlane.sendManifest(arns));

/** Rewrites the file that says what the agent is. */
function changeRecord(change: (record: object) => object): void {
  const path = join(agent.dataDir, "instance.json");
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")) as object)));
}

describe("an upgrade", () => {
  test.each(["SIGTERM", "SIGKILL"] as const)(
    "by %s leaves the very same containers running",
    async (signal) => {
      const tasks = await run(3);
      const before = await untouched();
      await survives(`agent restart after ${signal}`, async () => {
        await agent.signal(signal);
        // As a version has written it of which there was none yet, or that knows more.
        changeRecord(({ format: _format, ...record }: { readonly format?: number }) => ({
          ...record,
          unknown: true,
        }));
        await agent.restart();
        await settled(tasks.map(({ arn }) => arn));
      });
      expect(await untouched()).toEqual(before);
      expect(agent.controlPlane.registrations.at(-1)?.containerInstanceArn).toBe(
        agent.controlPlane.containerInstanceArn,
      );
    },
  );

  test("taken back to a version that cannot read the state stops at once and touches nothing", async () => {
    const [task] = await run(1);
    const before = await untouched();
    await agent.signal("SIGTERM");
    changeRecord((record) => ({ ...record, format: 99 }));
    agent.launch();
    // What systemd is told not to start again after.
    expect(await agent.ended()).toBe(5);
    expect(agent.log).toContain("is of format 99");
    expect(await untouched()).toEqual(before);
    changeRecord((record) => ({ ...record, format: 1 }));
    await agent.restart();
    await settled([task?.arn ?? ""]);
    expect(await untouched()).toEqual(before);
  });
});

describe("the control plane away", () => {
  const dies = (seconds: number, code: number, members = {}) =>
    aTask({
      containers: [
        aContainer({ command: ["sh", "-c", `sleep ${seconds}; exit ${code}`], ...members }),
      ],
    });

  test("reports wait on disk, also while the agent is killed, and come in order", async () => {
    const { controlPlane } = agent;
    const [lasting] = await run(1);
    const ending = [dies(2, 3), dies(2, 4)];
    await survives("control plane away, agent killed meanwhile", async () => {
      controlPlane.isFailing = true;
      controlPlane.sendTasks(...ending);
      await expect
        .poll(async () => (await agent.containers()).map(({ State }) => State).toSorted(), {
          timeout: 60_000,
        })
        .toEqual(["exited", "exited", "running"]);
      await agent.signal("SIGKILL");
      agent.launch();
      await expect.poll(() => agent.log, { timeout: 60_000 }).toContain("registration-delayed");
      controlPlane.isFailing = false;
      for (const { arn } of ending) await controlPlane.submitted(arn, "STOPPED");
    });
    expect(
      ending.map(({ arn }) => {
        const told = controlPlane.submissionsOf(arn);
        return [told.map(({ status }) => status), told.at(-1)?.containers[0]?.exitCode];
      }),
    ).toEqual([
      [["RUNNING", "STOPPED"], 3],
      [["RUNNING", "STOPPED"], 4],
    ]);
    expect(controlPlane.submissionsOf(lasting?.arn ?? "").map(({ status }) => status)).toEqual([
      "RUNNING",
    ]);
  });

  test("an agent that starts meanwhile looks after its containers all the same", async () => {
    const { controlPlane } = agent;
    const restartPolicy = { enabled: true, restartAttemptPeriod: 1 };
    const [task] = [dies(3_600, 0, { restartPolicy })];
    if (!task) throw new Error("no task");
    controlPlane.sendTasks(task);
    const { containers } = await controlPlane.submitted(task.arn, "RUNNING");
    const handle = agent.docker.getContainer(containers[0]?.runtimeId ?? "");
    const { StartedAt: first } = (await handle.inspect()).State;
    await agent.signal("SIGKILL");
    controlPlane.isFailing = true;
    agent.launch();
    await expect.poll(() => agent.log, { timeout: 60_000 }).toContain("registration-delayed");
    // It has run for as long as its policy asks.
    await sleep(2_000);
    await handle.kill();
    const isRunningAnew = async () => {
      const { Running, StartedAt } = (await handle.inspect()).State;
      return Running && StartedAt !== first;
    };
    await survives("restart policy while the control plane is away", () =>
      expect.poll(isRunningAnew, { timeout: 60_000 }).toBe(true),
    );
    controlPlane.isFailing = false;
  });
});

describe("messages", () => {
  test("that come twice, late and out of order do what the last of them in order would", async () => {
    const { controlPlane } = agent;
    const [twice, stoppedFirst, toStop] = [aTask(), aTask(), aTask()];
    controlPlane.sendTasks(twice);
    controlPlane.sendTasks(twice, toStop);
    controlPlane.sendTasks(twice);
    // The order to stop overtakes the one to start.
    controlPlane.stopTask(stoppedFirst.arn);
    await controlPlane.submitted(stoppedFirst.arn, "STOPPED");
    await controlPlane.acked(controlPlane.sendTasks(stoppedFirst));
    await controlPlane.submitted(twice.arn, "RUNNING");
    await controlPlane.submitted(toStop.arn, "RUNNING");
    controlPlane.stopTask(toStop.arn);
    controlPlane.stopTask(toStop.arn);
    await controlPlane.submitted(toStop.arn, "STOPPED");
    // The order to start comes again once the task is over.
    await controlPlane.acked(controlPlane.sendTasks(toStop, stoppedFirst, twice));

    const said = [twice, stoppedFirst, toStop].map(({ arn }) =>
      controlPlane.submissionsOf(arn).map(({ status }) => status),
    );
    expect(said).toEqual([["RUNNING"], ["STOPPED"], ["RUNNING", "STOPPED"]]);
    // The engine tells of an end before it shows it.
    await expect
      .poll(async () => (await agent.containers()).map(({ State }) => State).toSorted())
      .toEqual(["exited", "running"]);
  });
});
