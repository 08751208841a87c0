import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, CLI, eventually } from "./berth.ts";
import {
  createService,
  describeService,
  page,
  registerDemo,
  runtimeIds,
  stable,
  tasksOf,
} from "./demo.ts";

const DESIRED_COUNT = 2;
const run = promisify(execFile);

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start();
});
afterAll(async () => berth.down());

/** What somebody types. */
const cli = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, [CLI, ...args, "--data-dir", berth.dataDir]);
  return stdout;
};

const alarms = (...alarmNames: string[]) => ({
  alarms: { alarmNames, enable: true, rollback: true },
});

/** A service that serves the first page, and begins to roll to the second one. */
async function deploy(service: string, ...alarmNames: string[]): Promise<readonly string[]> {
  const [first, second] = [
    await registerDemo(berth, service, "1"),
    await registerDemo(berth, service, "2"),
  ];
  await createService(berth, service, first, DESIRED_COUNT);
  await stable(berth, service);
  const before = runtimeIds(await tasksOf(berth, service));
  await berth.ecs.send(
    new UpdateServiceCommand({
      service,
      taskDefinition: second,
      deploymentConfiguration: alarms(...alarmNames),
    }),
  );
  return before;
}

/** The latest record, whether it has its verdict or not. */
async function latest(service: string): Promise<ServiceDeployment | undefined> {
  const { serviceDeployments: [brief] = [] } = await berth.ecs.send(
    new ListServiceDeploymentsCommand({ service }),
  );
  const serviceDeploymentArns = [brief?.serviceDeploymentArn ?? ""];
  const { serviceDeployments } = await berth.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }),
  );
  return serviceDeployments?.[0];
}

const pages = async (service: string) =>
  Promise.all((await tasksOf(berth, service)).map(async (task) => page(task)));

const waitUntilStable = (service: string) =>
  waitUntilServicesStable(
    { client: berth.ecs, maxWaitTime: 120, minDelay: 1, maxDelay: 2 },
    { services: [service] },
  );

describe("a deployment whose new tasks all serve, and whose alarm goes off", () => {
  const SERVICE = "shop";

  beforeAll(async () => {
    await cli("alarms", "set", "shop-errors", "OK");
    await deploy(SERVICE, "shop-errors");
    await eventually("it bakes", async () => {
      const why = await cli("why", SERVICE);
      return why.includes("and it bakes");
    });
  });

  test("is in progress while its pages are there, and not stable for whoever waits", async () => {
    const { deployments, runningCount } = await describeService(berth, SERVICE);
    expect(deployments?.map(({ rolloutState }) => rolloutState)).toEqual([
      "IN_PROGRESS",
      "COMPLETED",
    ]);
    expect(runningCount).toBe(DESIRED_COUNT);
    for (const text of await pages(SERVICE)) expect(text).toContain("berth demo 2");
    const why = await cli("why", SERVICE);
    expect(why).toMatch(
      /Alarm shop-errors is OK: should it go to ALARM, the deployment fails and is rolled back\. \(since 2/,
    );
  });

  test("is rolled back, to the first page", async () => {
    await cli("alarms", "set", "shop-errors", "ALARM", "--reason", "5xx > 1 %");
    await eventually("it failed", async () => (await latest(SERVICE))?.rollback);
    await waitUntilStable(SERVICE);
    const { taskDefinition } = await describeService(berth, SERVICE);
    expect(taskDefinition?.endsWith("shop:1")).toBe(true);
    for (const text of await pages(SERVICE)) expect(text).toContain("berth demo 1");
  });

  test("has a verdict that names the alarm", async () => {
    expect(await latest(SERVICE)).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      statusReason: "Service deployment rolled back because an alarm was detected.",
      alarms: {
        status: "TRIGGERED",
        alarmNames: ["shop-errors"],
        triggeredAlarmNames: ["shop-errors"],
      },
    });
    const { events = [] } = await describeService(berth, SERVICE);
    const story = events.map(({ message }) => message).join("\n");
    expect(story).toMatch(/deployment failed: alarm detected\.\n|rolling back to deployment/);
    expect(await cli("why", SERVICE)).toContain("In ALARM: shop-errors.");
    expect(await cli("events")).toContain("ECS deployment alarms: alarm detected.");
    expect(await cli("alarms", "list")).toMatch(/shop-errors\s+ALARM\s.*5xx > 1 %/);
  });

  test("may be mended while its alarm still rings", async () => {
    const taskDefinition = await registerDemo(berth, SERVICE, "2");
    await berth.ecs.send(new UpdateServiceCommand({ service: SERVICE, taskDefinition }));
    await waitUntilStable(SERVICE);
    expect(await latest(SERVICE)).toMatchObject({
      status: "SUCCESSFUL",
      alarms: { status: "DISABLED", alarmNames: ["shop-errors"] },
    });
  });
});

test("an alarm that is deleted says nothing, and does not keep a deployment waiting", async () => {
  await cli("alarms", "set", "gone", "OK");
  expect(await cli("alarms", "delete", "gone")).toBe("Alarm gone is deleted.\n");
  const before = await deploy("calm", "gone");
  await waitUntilStable("calm");
  expect(await latest("calm")).toMatchObject({
    status: "SUCCESSFUL",
    alarms: { status: "MONITORING_COMPLETE" },
  });
  expect(runtimeIds(await tasksOf(berth, "calm"))).not.toEqual(before);
});
