import {
  type ContainerDefinition,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { lastSegment } from "@berth/domain/arn";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Berth, eventually } from "../e2e/berth.ts";
import { StartedTask } from "../e2e/started-task.ts";
import { InstalledAgent } from "./installed-agent.ts";
import { Machine } from "./machine.ts";

const SLOW = 300_000;
const MIB = 1_048_576;
const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";
const TASK_MIB = 64;
const STAY = ["sh", "-c", "trap exit TERM; sleep 6000 & wait"];
/** Holds 40 MiB for as long as it is let. */
const FORTY = ["dd", "if=/dev/zero", "of=/dev/null", "bs=40M"];

const doors = inject("machine");
const skipped = "missing" in doors;

describe.skipIf(skipped)("tasks where systemd has the cgroups", () => {
  let machine: Machine;
  let berth: Berth;
  let agent: InstalledAgent;

  beforeAll(async () => {
    if (skipped) return;
    machine = new Machine(doors);
    const env = { BERTH_INSTANCE_LOST_AFTER_MS: String(2 * SLOW) };
    berth = await Berth.start({ instances: 1, env });
    const settings = {
      ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: "1s",
      ECS_CONTAINER_STOP_TIMEOUT: "2s",
    };
    agent = await InstalledAgent.install(machine, berth, settings);
    const two = (command: string[]) => [aContainer("a", command), aContainer("b", command)];
    await define("stays", two(STAY), { cpu: "256", memory: String(TASK_MIB) });
    await define("one-forty", [aContainer("a", FORTY)], { memory: String(TASK_MIB) });
    await define("two-forty", two(FORTY), { memory: String(TASK_MIB) });
    await define("ends", [aContainer("a", ["true"])], { memory: "16" });
  });
  afterAll(async () => {
    await agent?.remove();
    await berth?.down();
  });

  const aContainer = (name: string, command: string[]): ContainerDefinition => ({
    name,
    image: "berth/demo:1",
    command,
  });

  async function define(
    family: string,
    containerDefinitions: ContainerDefinition[],
    size: { readonly cpu?: string; readonly memory: string },
  ): Promise<void> {
    const placementConstraints = [
      { type: "memberOf" as const, expression: "attribute:packaging == machine" },
    ];
    await berth.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        containerDefinitions,
        placementConstraints,
        networkMode: "none",
        ...size,
      }),
    );
  }

  const start = (family: string) => StartedTask.on(berth, agent.instance, family, SLOW);

  const sliceOf = ({ arn }: StartedTask) => `ecstasks-${lastSegment(arn)}.slice`;

  const read = (task: StartedTask, files: string) =>
    machine.run(`cd /sys/fs/cgroup/ecstasks.slice/${sliceOf(task)} && cat ${files}`);

  /** All that systemd and the kernel have of slices. */
  const slices = () =>
    machine.run(`
      systemctl list-units --all --plain --no-legend 'ecstasks*'
      ls -d /run/systemd/*/ecstasks* /sys/fs/cgroup/ecstasks.slice/*.slice | cat`);

  /** One is gone a second after its task, with its containers. */
  const gone = (task: StartedTask) =>
    eventually("its slice to go", async () => !(await slices()).includes(sliceOf(task)), SLOW);

  test("share a slice with the task's size, and have no limits of their own", async () => {
    const task = await start("stays");
    expect(await read(task, "cpu.max memory.max")).toBe(`25000 100000\n${TASK_MIB * MIB}`);
    expect(await read(task, "docker-*.scope/memory.max")).toBe("max\nmax");
    await task.stop();
    await gone(task);
  });

  test("keep it where units are read anew and the agent restarts, which then ends it", async () => {
    const task = await start("stays");
    await machine.run("systemctl daemon-reload && systemctl restart berth-agent");
    await agent.connected();
    expect(await read(task, "cpu.max memory.max")).toBe(`25000 100000\n${TASK_MIB * MIB}`);
    const next = await start("stays");
    expect(await read(next, "memory.max")).toBe(String(TASK_MIB * MIB));
    await Promise.all([task.stop(), next.stop()]);
    await Promise.all([gone(task), gone(next)]);
  });

  test("of 64 MiB may not take 40 in each of two containers, and are told so", async () => {
    const fits = await start("one-forty");
    const tooLarge = await start("two-forty");
    const { containers = [], stopCode } = await tooLarge.once("STOPPED");
    expect(stopCode).toBe("EssentialContainerExited");
    expect(containers.map(({ reason }) => reason)).toContain(OUT_OF_MEMORY);
    expect(await read(fits, "memory.events")).toContain("oom_kill 0");
    await fits.stop();
    await Promise.all([gone(fits), gone(tooLarge)]);
  });

  test("twenty that come and go leave nothing", async () => {
    const before = await slices();
    for (let batch = 0; batch < 5; batch += 1) await runFour();
    await expect.poll(slices, { timeout: SLOW, interval: 1_000 }).toBe(before);
  });

  /** To their end: more at once would keep an emulated machine busy for long. */
  async function runFour(): Promise<void> {
    const command = new RunTaskCommand({ taskDefinition: "ends", count: 4 });
    const { tasks = [], failures } = await berth.ecs.send(command);
    expect(failures).toEqual([]);
    const arns = tasks.map(({ taskArn = "" }) => taskArn);
    await eventually("the tasks to end", () => haveStopped(arns), SLOW);
  }

  async function haveStopped(arns: readonly string[]): Promise<boolean> {
    const command = new DescribeTasksCommand({ tasks: [...arns] });
    const { tasks = [] } = await berth.ecs.send(command);
    return tasks.length === arns.length && tasks.every((task) => task.lastStatus === "STOPPED");
  }
});
