import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DescribeTasksCommand, RunTaskCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import type { QueuedRunDescription } from "@berth/contracts/rest/queued-runs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, CLI, eventually } from "./berth.ts";
import { registerDemo } from "./demo.ts";
import { signedFetch } from "./signed-fetch.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({ instances: 2 });
});
afterAll(async () => berth.down());

async function rest(method: string, path: string, body?: unknown): Promise<QueuedRunDescription> {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await signedFetch(berth, { method, path, ...text });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as QueuedRunDescription;
}

/** What `berth queue` prints. */
async function queueCommand(...args: readonly string[]): Promise<string> {
  const command = [CLI, "queue", ...args, "--data-dir", berth.dataDir];
  return (await promisify(execFile)(process.execPath, command)).stdout;
}

const queue = (taskDefinition: string, count: number, deadlineSeconds: number) =>
  rest("POST", "/v1/tasks", { taskDefinition, count, waitForCapacity: { deadlineSeconds } });

const untilStatus = (id: string, status: QueuedRunDescription["status"]) =>
  eventually(`${id} is ${status}`, async () => {
    const run = await rest("GET", `/v1/queued-runs/${id}`);
    return run.status === status && run;
  });

test("a run waits for a port, and gets it when a task stops; others expire or are cancelled", async () => {
  const portMappings = [{ containerPort: 80, hostPort: 18_082 }];
  const taskDefinition = await registerDemo(berth, "port", "1", { portMappings });
  const { tasks = [] } = await berth.ecs.send(new RunTaskCommand({ taskDefinition, count: 2 }));
  expect(tasks).toHaveLength(2);

  const first = await queue(taskDefinition, 1, 120);
  expect(first).toMatchObject({
    status: "WAITING",
    latestTry: { instances: [{ reason: "RESOURCE:PORTS" }, { reason: "RESOURCE:PORTS" }] },
  });
  expect(await queueCommand("show", first.id)).toContain(
    "Placement now: none of 2 ACTIVE container instances takes the next task\n  2 RESOURCE:PORTS\n",
  );
  const brief = await queue(taskDefinition, 1, 1);
  const printed = await queueCommand("run", taskDefinition, "--deadline", "90", "--json");
  const cancelled = JSON.parse(printed) as QueuedRunDescription;
  expect(await queueCommand("cancel", cancelled.id)).toContain(": CANCELLING, 0 of 1 tasks");
  await untilStatus(brief.id, "EXPIRED");
  await untilStatus(cancelled.id, "CANCELLED");

  await berth.ecs.send(new StopTaskCommand({ task: tasks[0]?.taskArn }));
  const placed = await untilStatus(first.id, "PLACED");
  expect(placed.placedTaskArns).toEqual(first.unplacedTaskArns);
  const running = await eventually("its task runs", async () => {
    const described = await berth.ecs.send(
      new DescribeTasksCommand({ tasks: [...placed.placedTaskArns] }),
    );
    return described.tasks?.[0]?.lastStatus === "RUNNING" && described.tasks[0];
  });
  expect(running.containerInstanceArn).toBe(tasks[0]?.containerInstanceArn);
});
