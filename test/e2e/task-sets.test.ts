import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  type TaskSet,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
  waitUntilServicesInactive,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { describeService, page, registerDemo, runtimeIds, tasksOf } from "./demo.ts";
import { explain } from "./explain.ts";

const run = promisify(execFile);

const COUNT = 2;
const NAMED = { cluster: "default", service: "shop" } as const;

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start();
  await registerDemo(berth, "shop", "1");
  await registerDemo(berth, "shop", "2");
});
afterAll(async () => berth.down());

const tasksIn = async (service: string, id: string | undefined) =>
  (await tasksOf(berth, service)).filter((task) => task.startedBy === id);

/** The set once it has as many tasks as it shall have. */
const steady = async (service: string, id: string | undefined): Promise<TaskSet> =>
  eventually(`task set ${id} is stable`, async () => {
    const { taskSets = [] } = await describeService(berth, service);
    const set = taskSets.find((each) => each.id === id);
    return set?.stabilityStatus === "STEADY_STATE" && set;
  });

const pagesOf = async (service: string, id: string | undefined): Promise<readonly string[]> =>
  eventually(`the tasks of ${id} answer`, async () => {
    // RUNNING says that a process runs, not that it answers yet.
    const tasks = await tasksIn(service, id);
    const pages = await Promise.all(tasks.map(async (task) => page(task).catch(() => "")));
    return pages.length === COUNT && pages.every(Boolean) && pages;
  });

describe("blue and green by hand, through the SDK", () => {
  let blue: string | undefined;
  let green: string | undefined;
  let blueContainers: readonly string[];

  test("a first task set comes up and serves", async () => {
    await berth.ecs.send(
      new CreateServiceCommand({
        serviceName: "shop",
        desiredCount: COUNT,
        deploymentController: { type: "EXTERNAL" },
      }),
    );
    const { taskSet } = await berth.ecs.send(
      new CreateTaskSetCommand({
        ...NAMED,
        taskDefinition: "shop:1",
        externalId: "blue",
        scale: { value: 100, unit: "PERCENT" },
      }),
    );
    blue = taskSet?.id;
    expect(await steady("shop", blue)).toMatchObject({ runningCount: COUNT, externalId: "blue" });
    await berth.ecs.send(
      new UpdateServicePrimaryTaskSetCommand({ ...NAMED, primaryTaskSet: blue }),
    );
    const pages = await pagesOf("shop", blue);
    expect(pages.every((text) => text.startsWith("berth demo 1 on "))).toBe(true);
    blueContainers = runtimeIds(await tasksIn("shop", blue));
  });

  test("a second one comes up beside it, which stays untouched", async () => {
    const { taskSet } = await berth.ecs.send(
      new CreateTaskSetCommand({ ...NAMED, taskDefinition: "shop:2" }),
    );
    green = taskSet?.id;
    expect(await steady("shop", green)).toMatchObject({ computedDesiredCount: 0, runningCount: 0 });
    await berth.ecs.send(
      new UpdateTaskSetCommand({
        ...NAMED,
        taskSet: green,
        scale: { value: 100, unit: "PERCENT" },
      }),
    );
    await steady("shop", green);
    const pages = await pagesOf("shop", green);
    expect(pages.every((text) => text.startsWith("berth demo 2 on "))).toBe(true);
    expect(runtimeIds(await tasksIn("shop", blue))).toEqual(blueContainers);
    expect((await describeService(berth, "shop")).runningCount).toBe(2 * COUNT);
  });

  test("it is promoted, and the first one goes", async () => {
    await berth.ecs.send(
      new UpdateServicePrimaryTaskSetCommand({ ...NAMED, primaryTaskSet: green }),
    );
    expect((await describeService(berth, "shop")).taskDefinition).toMatch(/shop:2$/);
    await expect(
      berth.ecs.send(new DeleteTaskSetCommand({ ...NAMED, taskSet: green })),
    ).rejects.toMatchObject({ message: "Primary TaskSet cannot be deleted" });
    await berth.ecs.send(
      new UpdateTaskSetCommand({ ...NAMED, taskSet: blue, scale: { value: 0, unit: "PERCENT" } }),
    );
    await berth.ecs.send(new DeleteTaskSetCommand({ ...NAMED, taskSet: blue }));
    const left = await eventually("only the second set is left", async () => {
      const { taskSets = [] } = await describeService(berth, "shop");
      return taskSets.length === 1 && taskSets;
    });
    expect(left).toMatchObject([{ id: green, status: "PRIMARY", runningCount: COUNT }]);
    await eventually("only its containers run", async () => {
      return (await berth.runningContainers()).length === COUNT;
    });
  });

  test("a container that dies is replaced in its set, and why tells of the set", async () => {
    const before = runtimeIds(await tasksIn("shop", green));
    await berth.docker.getContainer(before[0] ?? "").kill();
    await eventually("another one runs in its place", async () => {
      const now = runtimeIds(await tasksIn("shop", green));
      return now.length === COUNT && !now.includes(before[0] ?? "") && now.every(Boolean);
    });
    await steady("shop", green);
    const { taskSets, progress } = await explain(berth, "shop");
    expect(taskSets).toMatchObject([{ id: green, computedDesiredCount: COUNT }]);
    expect(progress).toMatchObject([{ kind: "steady" }]);
  });

  test("the service goes with all that it has", async () => {
    await berth.ecs.send(new DeleteServiceCommand({ ...NAMED, force: true }));
    await waitUntilServicesInactive(
      { client: berth.ecs, maxWaitTime: 90, minDelay: 1, maxDelay: 1 },
      { services: ["shop"] },
    );
    await eventually("no container runs", async () => {
      return (await berth.runningContainers()).length === 0;
    });
    expect(await tasksOf(berth, "shop")).toEqual([]);
  });
});

const hasAws = await run("aws", ["--version"]).then(
  () => true,
  () => false,
);
if (!hasAws) console.warn("SKIPPED: the AWS CLI is not installed, its transcript is not run");

describe.skipIf(!hasAws)("the same through the AWS CLI", () => {
  const aws = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await run("aws", ["ecs", ...words], { env: berth.environment });
    return stdout.trim();
  };
  const of = (service: string) => ["--cluster", "default", "--service", service];
  const shown = ["--query", "taskSets[].[id,status,runningCount]", "--output", "text"];
  const asText = ["--query", "taskSet.id", "--output", "text"];

  test("create, scale, promote, delete", async () => {
    const shop = of("cli-shop");
    const external = ["--deployment-controller", "type=EXTERNAL"];
    await aws("create-service", "--service-name", "cli-shop", "--desired-count", "2", ...external);
    const create = async (definition: string, scale: string) => {
      const what = ["--task-definition", definition, "--scale", `value=${scale},unit=PERCENT`];
      return aws("create-task-set", ...shop, ...what, ...asText);
    };
    const blue = await create("shop:1", "100");
    await steady("cli-shop", blue);
    await aws("update-service-primary-task-set", ...shop, "--primary-task-set", blue);
    const green = await create("shop:2", "0");
    await aws("update-task-set", ...shop, "--task-set", green, "--scale", "value=100,unit=PERCENT");
    await steady("cli-shop", green);
    await aws("update-service-primary-task-set", ...shop, "--primary-task-set", green);
    await aws("delete-task-set", ...shop, "--task-set", blue, "--force");
    await eventually("the first set is gone", async () => {
      const described = await aws("describe-task-sets", ...shop, ...shown);
      return described === `${green}\tPRIMARY\t${COUNT}`;
    });
    await expect(
      aws("update-service", ...of("cli-shop"), "--task-definition", "shop:1"),
    ).rejects.toThrow(/Unable to update task definition on services with an EXTERNAL/);
    await aws("delete-service", ...shop, "--force");
    await aws("wait", "services-inactive", "--services", "cli-shop");
  });
});
