import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { DeleteServiceCommand, ListContainerInstancesCommand } from "@aws-sdk/client-ecs";
import { createSqsClient } from "@berth/aws/clients";
import { createQueues } from "@berth/aws/create-queues";
import { createSqsRelay } from "@berth/aws/sqs-relay";
import type { WakeMessage } from "@berth/contracts/queue";
import { AWS_TABLE_SHARDS } from "@berth/functions/table-shards";
import { dataDirectory } from "@berth/local/data-directory";
import { socketClientConfig } from "@berth/local/embedded/socket-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { createService, registerDemo, stable, tasksOf } from "./demo.ts";
import { calmContainers, expectRecovered, roll, startTwoServices } from "./two-services.ts";

/** Processes that run a function's bundle for this Berth. */
function functionPids(berth: Berth): readonly number[] {
  const parent = `PPid:\t${berth.pidOf("control-plane")}`;
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const isOurs = readFileSync(`/proc/${pid}/status`, "utf8").split("\n").includes(parent);
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return isOurs && command.includes("runtime-program") ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

/** Every wake-up that there could be, several times over and in any order. */
async function sendWakesAtRandom(berth: Berth, count: number): Promise<void> {
  const { sqsSocket } = dataDirectory(berth.dataDir);
  const credentials = berth.endpoint;
  const sqs = createSqsClient(
    socketClientConfig(sqsSocket, { region: berth.endpoint.region, credentials }),
  );
  const queueUrls = await createQueues(sqs, "berth");
  const relay = createSqsRelay({ client: sqs, queueUrls, now: () => Date.now() });
  const { containerInstanceArns = [] } = await berth.ecs.send(
    new ListContainerInstancesCommand({}),
  );
  const wakes: readonly WakeMessage[] = [
    { kind: "placement", cluster: "default" },
    ...["calm", "busy"].map(
      (service) => ({ kind: "service", cluster: "default", service }) as const,
    ),
    ...containerInstanceArns.map(
      (arn) =>
        ({
          kind: "dispatch",
          cluster: "default",
          containerInstanceId: arn.split("/").at(-1) ?? "",
          taskIds: [],
        }) as const,
    ),
  ];
  for (let sent = 0; sent < count; sent += 1) {
    const wake = wakes[Math.floor(Math.random() * wakes.length)];
    if (wake) await relay.wake(wake);
    await delay(20);
  }
  sqs.destroy();
}

describe("the bundles, each function in processes of its own", () => {
  let berth: Berth;
  beforeAll(async () => {
    berth = await Berth.start({
      env: { BERTH_FUNCTIONS: "bundles", BERTH_TABLE_SHARDS: String(AWS_TABLE_SHARDS) },
    });
    await startTwoServices(berth);
  });
  afterAll(async () => berth.down());

  const troubles: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      "processes killed in the midst of their work",
      async () => {
        for (let kill = 0; kill < 8; kill += 1) {
          const pids = functionPids(berth);
          const victim = pids[Math.floor(Math.random() * pids.length)];
          if (victim !== undefined) process.kill(victim, "SIGKILL");
          await delay(150);
        }
      },
    ],
    ["messages that nobody needed, in any order", async () => sendWakesAtRandom(berth, 60)],
    [
      "a table that throttles in bursts",
      async () => {
        for (let burst = 0; burst < 3; burst += 1) {
          process.kill(berth.pidOf("dynamodb"), "SIGUSR2");
          await delay(1_500);
        }
      },
    ],
    [
      "a queue that is away for 30 s",
      async () => {
        const pid = berth.pidOf("sqs");
        process.kill(pid, "SIGSTOP");
        await delay(30_000);
        process.kill(pid, "SIGCONT");
      },
    ],
  ];

  test.each(troubles)("finish a rollout in spite of %s", async (_, trouble) => {
    expect(functionPids(berth).length).toBeGreaterThan(0);
    const before = await calmContainers(berth);
    const revision = await roll(berth);
    await trouble();
    await expectRecovered(berth, before, revision);
  });
});

describe("the bundles, a fresh process for each invocation", () => {
  let berth: Berth;
  beforeAll(async () => {
    berth = await Berth.start({ env: { BERTH_FUNCTIONS: "cold-bundles" } });
  });
  afterAll(async () => berth.down());

  test("bring a service up, replace what was killed, roll out and delete", async () => {
    await registerDemo(berth, "cold", "1");
    await createService(berth, "cold", "cold", 3);
    await stable(berth, "cold", 120_000);

    const [victim] = await tasksOf(berth, "cold");
    await berth.docker.getContainer(victim?.containers?.[0]?.runtimeId ?? "").kill();
    await eventually(
      "the victim is replaced",
      async () => {
        const tasks = await tasksOf(berth, "cold");
        const arns = tasks
          .filter((task) => task.lastStatus === "RUNNING")
          .map((task) => task.taskArn);
        return arns.length === 3 && !arns.includes(victim?.taskArn);
      },
      120_000,
    );

    expect(functionPids(berth).length).toBeLessThan(8);
    await berth.ecs.send(new DeleteServiceCommand({ service: "cold", force: true }));
    await eventually(
      "everything is gone",
      async () => {
        return (await berth.runningContainers()).length === 0;
      },
      120_000,
    );
  });
});
