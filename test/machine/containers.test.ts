import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { RunTaskCommand } from "@aws-sdk/client-ecs";
import type { WholeClusterMetrics } from "@berth/contracts/rest/metrics";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Berth, CLI, eventually } from "../e2e/berth.ts";
import { registerDemo } from "../e2e/demo.ts";
import { signedFetch } from "../e2e/signed-fetch.ts";
import { play } from "../e2e/task-definitions/play.ts";
import { type Row, sh, STAY } from "../e2e/task-definitions/row.ts";
import { type JoinedBerth, joinBerth } from "./joined-berth.ts";
import { Machine } from "./machine.ts";

const SLOW = 300_000;
const SLOWNESS = 4;
const GROUP = "/ecs/machine";
const A_TENTH_OF_A_CORE = 102;
const MIB = 1_048_576;

const doors = inject("machine");
const isMissing = "missing" in doors;

describe.skipIf(isMissing)("containers of an agent on cgroup version 2", () => {
  let machine: Machine;
  let joined: JoinedBerth;
  let berth: Berth;

  beforeAll(async () => {
    if (isMissing) return;
    machine = new Machine(doors);
    joined = await joinBerth(machine, ({ endpoint }) => ({
      ECS_ENABLE_TASK_ENI: "true",
      ECS_AVAILABLE_LOGGING_DRIVERS: JSON.stringify(["json-file", "awslogs"]),
      ECS_POLLING_METRICS_WAIT_DURATION: "5s",
      BERTH_AWSLOGS_ENDPOINT: endpoint.url,
      BERTH_AWSLOGS_ACCESS_KEY_ID: endpoint.accessKeyId,
      BERTH_AWSLOGS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
    }));
    ({ berth } = joined);
  });
  afterAll(() => joined?.close());

  const cli = async (...args: readonly string[]) => {
    const env = { ...process.env, BERTH_DATA_DIR: berth.dataDir };
    return promisify(execFile)(process.execPath, [CLI, ...args], { env });
  };

  const playRow = (row: Row) =>
    play({ ecs: berth.ecs, host: machine, slowness: SLOWNESS }, row, "asks");

  const ASK = sh("until wget -qO- $ECS_CONTAINER_METADATA_URI_V4/task; do sleep 1; done");
  const IN_A_SUBNET = { awsvpcConfiguration: { subnets: ["subnet-1"] } };

  test.for([
    { networkMode: "bridge" as const },
    { networkMode: "host" as const },
    { networkMode: "awsvpc" as const, network: IN_A_SUBNET },
  ])("are answered by their agent with networkMode $networkMode", async (given) => {
    const { networkMode, ...others } = given;
    await playRow({
      field: "networkMode",
      does: networkMode,
      main: ASK,
      task: { networkMode },
      ...others,
      look: async ({ task, output }) =>
        expect(JSON.parse(await output())).toMatchObject({ TaskARN: task.taskArn }),
    });
  });

  test("write to CloudWatch Logs by the engine", async () => {
    const { url, region } = berth.endpoint;
    const logs = new CloudWatchLogsClient({ endpoint: url, region, credentials: berth.endpoint });
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    const options = {
      "awslogs-group": GROUP,
      "awslogs-region": region,
      "awslogs-stream-prefix": "m",
    };
    await playRow({
      field: "logConfiguration",
      does: "awslogs",
      main: { ...sh("echo from the machine"), logConfiguration: { logDriver: "awslogs", options } },
      look: async () => {
        const filter = new FilterLogEventsCommand({ logGroupName: GROUP });
        const line = await eventually("its line", async () => {
          const { events = [] } = await logs.send(filter);
          return events[0]?.message;
        });
        expect(line).toBe("from the machine");
      },
    });
    logs.destroy();
  });

  describe("one that runs", () => {
    let taskArn: string;
    beforeAll(async () => {
      const command = ["sh", "-c", "echo hello; serve & while :; do :; done"];
      const taskDefinition = await registerDemo(berth, "busy", "1", { command });
      const { tasks = [] } = await berth.ecs.send(
        new RunTaskCommand({ taskDefinition, enableExecuteCommand: true }),
      );
      taskArn = tasks[0]?.taskArn ?? "";
      await eventually(
        "its word",
        async () => {
          const { stdout } = await cli("logs", taskArn).catch(() => ({ stdout: "" }));
          return stdout === "hello\n";
        },
        SLOW,
      );
    });

    test("runs a program beside its own, and passes the exit code on", async () => {
      const ended = cli("exec", taskArn, "--", "sh", "-c", "echo out; echo err >&2; exit 7");
      await expect(ended).rejects.toMatchObject({ stdout: "out\n", stderr: "err\n", code: 7 });
    });

    test("is reached through a forwarded port", async () => {
      const env = { ...process.env, BERTH_DATA_DIR: berth.dataDir };
      const forward = spawn(process.execPath, [CLI, "port-forward", "--json", taskArn, "0:80"], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let told = "";
      forward.stdout.on("data", (piece: Buffer) => (told += piece.toString()));
      await eventually("it to listen", async () => told.includes("}"));
      const { port } = JSON.parse(told) as { port: number };
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toMatch(/^berth demo 1 on/);
      forward.kill("SIGINT");
      await once(forward, "exit");
    });

    test("is measured: its processor and its memory, within what it has", async () => {
      const query = { include: "TASKS" };
      const measured = await eventually(
        "it to be measured",
        async () => {
          const answer = await signedFetch(berth, {
            method: "GET",
            path: "/v1/clusters/default/metrics",
            query,
          });
          const { tasks } = (await answer.json()) as WholeClusterMetrics;
          const task = tasks.find((each) => each.taskArn === taskArn);
          return (task?.cpuUnits.used ?? 0) > A_TENTH_OF_A_CORE && task;
        },
        SLOW,
      );
      expect(measured.memoryMiB.used).toBeGreaterThan(0);
      expect(measured.memoryMiB.used).toBeLessThan(32);
    });
  });

  describe("with the engine's cgroup driver cgroupfs", () => {
    const setDriver = async (driver: string) => {
      const settings = JSON.stringify({ "exec-opts": [`native.cgroupdriver=${driver}`] });
      await machine.write("/etc/docker/daemon.json", settings);
      await machine.run("systemctl restart docker berth-agent");
      await joined.agent.connected();
    };
    beforeAll(() => setDriver("cgroupfs"));
    afterAll(() => setDriver("systemd"));

    test("are bound together by their task's size", async () => {
      const cgroup = (path: string) => machine.run(`cat /sys/fs/cgroup/ecs/${path}`);
      await playRow({
        field: "cpu, memory",
        does: "of the task",
        main: { ...STAY, memory: undefined },
        task: { cpu: "256", memory: "48" },
        until: "RUNNING",
        engine: { HostConfig: { Memory: 0 } },
        look: async ({ task, engine }) => {
          const id = task.taskArn?.split("/").at(-1) ?? "";
          expect(await cgroup(`${id}/cpu.max`)).toBe("25000 100000");
          expect(await cgroup(`${id}/memory.max`)).toBe(String(48 * MIB));
          const container = engine.get("main");
          const processes = await cgroup(`${id}/${container?.Id}/cgroup.procs`);
          expect(processes.split("\n")).toContain(String(container?.State.Pid));
        },
      });
    });

    test("are killed where they need more than their task has, and that is told", async () => {
      const played = playRow({
        field: "memory",
        does: "of the task",
        main: { ...sh("sleep 1; dd if=/dev/zero of=/dev/null bs=64M"), memory: undefined },
        task: { memory: "32" },
        exitCode: 137,
        shown: {
          containers: [{ reason: "OutOfMemoryError: Container killed due to memory usage" }],
        },
      });
      await expect(played).resolves.toBeUndefined();
    });
  });
});
