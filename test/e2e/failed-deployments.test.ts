import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import type { ContainerDefinition, ServiceDeployment } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import {
  createService,
  describeService,
  registerDemo,
  runtimeIds,
  stable,
  tasksOf,
} from "./demo.ts";
import { explain } from "./explain.ts";

const DESIRED_COUNT = 2;
const FAILURES = 2;

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({ env: { BERTH_PROVEN_AFTER_MS: "3000" } });
});
afterAll(async () => berth.down());

interface Faulty {
  readonly name: string;
  readonly members: Partial<ContainerDefinition>;
  /** What the events say of its tasks. */
  readonly told: RegExp;
}

const FAULTY: readonly Faulty[] = [
  {
    name: "whose command exits at once",
    members: { command: ["exit", "1"] },
    told: /has started 2 tasks/,
  },
  {
    name: "whose image cannot be pulled",
    members: { image: "127.0.0.1:1/none:1" },
    told: /has started 2 tasks/,
  },
  {
    name: "that runs and then fails its health check",
    members: { healthCheck: { command: ["CMD", "false"], interval: 5, timeout: 2, retries: 3 } },
    told: /failed container health checks/,
  },
];

describe.each(FAULTY)("a deployment $name", ({ name, members, told }) => {
  const service = `svc${FAULTY.findIndex((each) => each.name === name)}`;
  let before: readonly string[];
  let bad: string;

  beforeAll(async () => {
    await createService(berth, service, await registerDemo(berth, service, "1"), DESIRED_COUNT);
    await stable(berth, service);
    before = runtimeIds(await tasksOf(berth, service));
    bad = await registerDemo(berth, service, "2", members);
    await berth.ecs.send(
      new UpdateServiceCommand({ service, taskDefinition: bad, deploymentConfiguration: WATCHED }),
    );
    await eventually("the failure is seen", async () => verdictOf(service), 120_000);
  });

  test("is rolled back to the last completed revision, whose tasks ran all the time", async () => {
    await waitUntilServicesStable(
      { client: berth.ecs, maxWaitTime: 60, minDelay: 1 },
      { services: [service] },
    );
    const { taskDefinition, deployments } = await describeService(berth, service);
    expect(taskDefinition?.endsWith(`${service}:1`)).toBe(true);
    expect(deployments?.map(({ rolloutState }) => rolloutState)).toEqual(["COMPLETED"]);
    expect(runtimeIds(await tasksOf(berth, service))).toEqual(before);
  });

  test("has a verdict that says so, and never one of success", async () => {
    const verdict = await verdictOf(service);
    expect(verdict).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      statusReason:
        "Service deployment rolled back because the circuit breaker threshold was exceeded.",
      deploymentCircuitBreaker: { status: "TRIGGERED", threshold: FAILURES },
    });
    const { serviceRevisions } = await berth.ecs.send(
      new DescribeServiceRevisionsCommand({
        serviceRevisionArns: [
          verdict?.targetServiceRevision?.arn ?? "",
          verdict?.rollback?.serviceRevisionArn ?? "",
        ],
      }),
    );
    expect(serviceRevisions?.map((each) => each.taskDefinition?.split("/")[1])).toEqual([
      bad,
      `${service}:1`,
    ]);
  });

  test("tells its story in the events", async () => {
    const { events = [] } = await describeService(berth, service);
    const story = events.map((event) => event.message).join("\n");
    expect(story).toMatch(told);
    expect(story).toContain("deployment failed: tasks failed to start.");
    expect(story).toContain("rolling back to deployment ");
  });

  test("is explained with its verdict", async () => {
    const [latest, first] = (await explain(berth, service)).serviceDeployments;
    expect(latest).toMatchObject({ status: "ROLLBACK_SUCCESSFUL", failureCount: FAILURES });
    expect(latest?.statusReason).toContain("circuit breaker");
    expect(first).toMatchObject({ status: "SUCCESSFUL" });
  });
});

const WATCHED = {
  deploymentCircuitBreaker: {
    enable: true,
    rollback: true,
    thresholdConfiguration: { type: "COUNT", value: FAILURES },
  },
} as const;

/** The record of the latest change, once it has a verdict. */
async function verdictOf(service: string): Promise<ServiceDeployment | undefined> {
  const { serviceDeployments: briefs = [] } = await berth.ecs.send(
    new ListServiceDeploymentsCommand({ service }),
  );
  const { serviceDeployments = [] } = await berth.ecs.send(
    new DescribeServiceDeploymentsCommand({
      serviceDeploymentArns: briefs.slice(0, 1).map((each) => each.serviceDeploymentArn ?? ""),
    }),
  );
  return serviceDeployments.find(({ finishedAt }) => finishedAt !== undefined);
}
