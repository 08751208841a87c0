import { RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Berth, eventually } from "../e2e/berth.ts";
import { containersOf, StartedTask } from "../e2e/started-task.ts";
import type { InstalledAgent } from "./installed-agent.ts";
import { type JoinedBerth, joinBerth } from "./joined-berth.ts";
import { Machine } from "./machine.ts";

const SLOW = 300_000;
const FAMILY = "stays";
const STAYS = ["sh", "-c", "trap exit TERM; sleep 6000 & wait"];

const doors = inject("machine");
const skipped = "missing" in doors;

/** Names in the environment of what systemd starts, by systemd and by the unit. */
const SYSTEMDS =
  /^(LANG|PATH|USER|LOGNAME|HOME|SHELL|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|MEMORY_PRESSURE_(WATCH|WRITE)|STATE_DIRECTORY|ECS_DATADIR|MALLOC_ARENA_MAX)$/;

describe.skipIf(skipped)("the agent as a service of systemd", () => {
  let machine: Machine;
  let joined: JoinedBerth;
  let berth: Berth;
  let agent: InstalledAgent;
  let task: StartedTask;

  beforeAll(async () => {
    if (skipped) return;
    machine = new Machine(doors);
    joined = await joinBerth(machine);
    ({ berth, agent } = joined);
    await berth.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: FAMILY,
        containerDefinitions: [{ name: "main", image: "berth/demo:1", memory: 32, command: STAYS }],
      }),
    );
    task = await start();
  });
  afterAll(() => joined?.close());

  const start = () => StartedTask.on(berth, agent.instance, FAMILY, SLOW);

  /** Which runs of which containers there are. */
  async function runs() {
    const containers = await containersOf(machine.docker, agent.instance);
    return Promise.all(
      containers.map(async ({ Id }) => {
        const { State } = await machine.docker.getContainer(Id).inspect();
        return { Id, status: State.Status, startedAt: State.StartedAt };
      }),
    );
  }

  /** The instance of the agent that took the place of the process. */
  async function after(pid: string): Promise<string> {
    const isAnother = async () => !["0", pid].includes(await agent.show("MainPID"));
    await eventually("another process", isAnother, SLOW);
    return agent.connected();
  }

  test("is active after the guide's commands, and its log is in the journal under its name", async () => {
    expect(await agent.show("ActiveState")).toBe("active");
    expect(await agent.show("NRestarts")).toBe("0");
    const said = await machine.run("journalctl --identifier berth-agent --output cat --no-pager");
    expect(said).toContain(`registered arn=${agent.instance}`);
  });

  test("has of its machine what it needs, and no more", async () => {
    const pid = await agent.show("MainPID");
    const inside = (script: string) =>
      machine.run(`nsenter --target ${pid} --mount sh -c '${script}'`);
    expect(
      await inside(
        "touch /sys/fs/cgroup/cgroup.procs /run/berth-test /var/lib/berth/test && rm /run/berth-test /var/lib/berth/test",
      ),
    ).toBe("");
    expect(await inside("touch /usr/berth-test /etc/berth-test 2>&1 | grep -c Read-only")).toBe(
      "2",
    );
    expect(await inside("ls /root 2>&1 | cat")).toMatch(/^$|Permission denied/);
    expect(await machine.run("stat -c %a:%U /var/lib/berth /etc/ecs/ecs.config")).toBe(
      "700:root\n600:root",
    );
    expect(await machine.run("iptables -t nat -S")).toContain("-d 169.254.170.2/32");
  });

  test("starts with nothing of whoever started it", async () => {
    const pid = await agent.show("MainPID");
    const names = await machine.run(`tr "\\0" "\\n" < /proc/${pid}/environ | cut -d= -f1`);
    expect(names.split("\n").filter((name) => !SYSTEMDS.test(name))).toEqual([]);
    const limits = await machine.run(
      `grep -E "NoNewPrivs|Umask" /proc/${pid}/status; cat /proc/${pid}/oom_score_adj`,
    );
    expect(limits).toBe("Umask:\t0077\nNoNewPrivs:\t1\n-500");
  });

  test("leaves its containers alone where it is restarted, and is the same instance", async () => {
    const [before, pid] = [await runs(), await agent.show("MainPID")];
    expect(before).toMatchObject([{ status: "running" }]);
    await machine.run("systemctl restart berth-agent");
    expect(await after(pid)).toBe(agent.instance);
    expect(await runs()).toEqual(before);
  });

  test("is started again by systemd where it is killed, and its containers run on", async () => {
    const [before, pid] = [await runs(), await agent.show("MainPID")];
    await machine.run("systemctl kill --signal SIGKILL berth-agent");
    expect(await after(pid)).toBe(agent.instance);
    expect(await agent.show("NRestarts")).toBe("1");
    expect(await runs()).toEqual(before);
  });

  test("is not started again where a setting cannot be used, until that is mended", async () => {
    const config = "/etc/ecs/ecs.config";
    await machine.run(
      `cp -p ${config} /root/kept; echo ECS_RESERVED_MEMORY=much >> ${config}; systemctl restart berth-agent`,
    );
    await eventually(
      "it to fail",
      async () => (await agent.show("ActiveState")) === "failed",
      SLOW,
    );
    expect(await agent.show("ExecMainStatus")).toBe("5");
    expect(await agent.journal()).toContain("ECS_RESERVED_MEMORY");
    await machine.run(`mv /root/kept ${config}; systemctl start berth-agent`);
    await agent.connected();
  });

  test("outlives a restart of Docker, tells what ended by it, and starts tasks again", async () => {
    const pid = await agent.show("MainPID");
    await machine.run("systemctl restart docker");
    expect(await task.once("STOPPED")).toMatchObject({ stopCode: "EssentialContainerExited" });
    task = await start();
    expect(await agent.show("MainPID")).toBe(pid);
    await machine.run("node -e 'fetch(`http://169.254.170.2/`)'");
  });

  test("is there after the machine was started again, and tells what ended by that", async () => {
    await agent.rebootMachine();
    expect(await agent.connected()).toBe(agent.instance);
    expect(await task.once("STOPPED")).toMatchObject({ stopCode: "EssentialContainerExited" });
    await (await start()).stop();
  });
});
