import { spawn } from "node:child_process";
import { once } from "node:events";
import { RegisterTaskDefinitionCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { Berth, CLI, eventually } from "../e2e/berth.ts";
import { processorMs } from "./process-usage.ts";
import { format, say, spreadOf } from "./statistics.ts";

const MEGABYTES = 100;
const LINE_BYTES = 200;
const LINES = (MEGABYTES * 1_000_000) / LINE_BYTES;
const RUNS = 5;
const LAST = "all was written";

/** What comes out of a container in a second, and what that costs the processes that it comes through. */
export async function benchStreams(): Promise<void> {
  const berth = await Berth.start({ instances: 1 });
  try {
    const task = await startWriter(berth);
    await sayRuns(berth, `berth logs, lines of ${LINE_BYTES} bytes`, ["logs", task]);
    const zeros = ["head", "-c", String(MEGABYTES * 1_000_000), "/dev/zero"];
    await sayRuns(berth, "berth exec, zeros", ["exec", task, "--", ...zeros]);
  } finally {
    await berth.down();
  }
}

/** A task that has written its lines, and waits. */
async function startWriter(berth: Berth): Promise<string> {
  const lines = `awk 'BEGIN { x = sprintf("%0199d", 0); for (i = 0; i < ${LINES}; i++) print x }'`;
  await berth.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "bench-streams",
      containerDefinitions: [
        {
          name: "main",
          image: "berth/demo:1",
          memory: 32,
          command: ["sh", "-c", `${lines}; echo ${LAST}; exec sleep 100000`],
        },
      ],
    }),
  );
  const asked = { taskDefinition: "bench-streams", enableExecuteCommand: true };
  const { tasks = [] } = await berth.ecs.send(new RunTaskCommand(asked));
  const task = tasks[0]?.taskArn ?? "";
  await eventually(
    "all lines to be written",
    async () => {
      const [container] = await berth.runningContainers();
      if (!container) return undefined;
      const log = await berth.docker.getContainer(container.Id).logs({ stdout: true, tail: 1 });
      return log.toString().includes(LAST);
    },
    120_000,
  );
  return task;
}

async function sayRuns(berth: Berth, what: string, command: readonly string[]): Promise<void> {
  const rates: number[] = [];
  const used = { "control-plane": [] as number[], "agent-1": [] as number[] };
  for (let run = 0; run < RUNS; run += 1) {
    const usedBefore = Object.keys(used).map((name) => processorMs(berth.pidOf(name)));
    const begun = performance.now();
    await read(berth, command);
    rates.push(MEGABYTES / ((performance.now() - begun) / 1_000));
    for (const [index, [name, values]] of Object.entries(used).entries()) {
      values.push((processorMs(berth.pidOf(name)) - (usedBefore[index] ?? 0)) / MEGABYTES);
    }
  }
  say(
    `${what}, ${MEGABYTES} MB`,
    format(spreadOf(rates), "MB/s"),
    ...Object.entries(used).map(
      ([name, values]) => `${format(spreadOf(values), "ms of processor time a MB")}: the ${name}'s`,
    ),
  );
}

async function read(berth: Berth, command: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [CLI, ...command], {
    env: { ...process.env, BERTH_DATA_DIR: berth.dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let bytes = 0;
  child.stdout.on("data", (piece: Buffer) => (bytes += piece.length));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0 || bytes < MEGABYTES * 1_000_000) throw new Error(`${bytes} bytes, code ${code}`);
}
