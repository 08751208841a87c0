import {
  ARN,
  END,
  aServiceHistory,
  deploymentArn,
  deploymentId,
  past,
  revisionArn,
  underWay,
} from "@berth/testing/service-history";
import { aServiceDeployment, aTask, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { describeServiceDeployments } from "./describe-service-deployments.ts";

async function aDescribedHistory(given?: Parameters<typeof aServiceHistory>[0]) {
  const history = await aServiceHistory(given);
  return {
    ...history,
    describeThem: (...arns: readonly string[]) =>
      describeServiceDeployments(history.controlPlane, { serviceDeploymentArns: [...arns] }),
  };
}

describe("DescribeServiceDeployments", () => {
  test("tells of one under way what is true now", async () => {
    const { controlPlane, describeThem } = await aDescribedHistory({
      records: [
        aServiceDeployment({
          id: "a",
          deploymentId: deploymentId(2),
          sourceDeploymentIds: [deploymentId(1)],
          createdAt: 7,
          startedAt: 8,
          updatedAt: 9,
        }),
      ],
    });
    const { tasks } = controlPlane.store;
    await tasks.create(aTask({ startedBy: deploymentId(2) }));
    await tasks.create(
      aTask({
        id: taskId("service:web", 2),
        startedBy: deploymentId(1),
        lastStatus: "RUNNING",
      }),
    );
    const { serviceDeployments, failures } = await describeThem(deploymentArn("a"));
    expect(failures).toEqual([]);
    expect(serviceDeployments).toEqual([
      {
        serviceDeploymentArn: deploymentArn("a"),
        serviceArn: `${ARN}:service/default/web`,
        clusterArn: `${ARN}:cluster/default`,
        status: "IN_PROGRESS",
        createdAt: new Date(7),
        startedAt: new Date(8),
        updatedAt: new Date(9),
        sourceServiceRevisions: [
          {
            arn: revisionArn(1),
            requestedTaskCount: 1,
            runningTaskCount: 1,
            pendingTaskCount: 0,
          },
        ],
        targetServiceRevision: {
          arn: revisionArn(2),
          requestedTaskCount: 2,
          runningTaskCount: 0,
          pendingTaskCount: 1,
        },
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
        deploymentCircuitBreaker: { status: "MONITORING", failureCount: 1, threshold: 3 },
        alarms: { status: "DISABLED" },
      },
    ]);
  });

  test("tells of one with a verdict what was true then", async () => {
    const rollback = {
      trigger: "circuitBreaker",
      reason: "why",
      startedAt: 9,
      deploymentId: deploymentId(1),
    } as const;
    const { describeThem } = await aDescribedHistory({
      past: [
        past("b", {
          status: "ROLLBACK_SUCCESSFUL",
          statusReason: "why",
          rollback,
          end: {
            ...END,
            deploymentConfiguration: {
              ...END.deploymentConfiguration,
              deploymentCircuitBreaker: { enable: true, rollback: true },
            },
          },
        }),
      ],
    });
    expect((await describeThem(deploymentArn("b"))).serviceDeployments).toMatchObject([
      {
        status: "ROLLBACK_SUCCESSFUL",
        statusReason: "why",
        finishedAt: new Date(1_700_000_000_000),
        targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 1, pendingTaskCount: 1 },
        deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 2, threshold: 3 },
        rollback: { reason: "why", startedAt: new Date(9), serviceRevisionArn: revisionArn(1) },
      },
    ]);
  });

  test.each([
    { watch: undefined, status: "MONITORING_COMPLETE" },
    { watch: { bakingSince: 5 }, status: "MONITORING_COMPLETE" },
    { watch: { alarmingBefore: ["errors"] }, status: "DISABLED" },
    { watch: { triggered: ["errors"] }, status: "TRIGGERED", triggeredAlarmNames: ["errors"] },
  ])("shows what its alarms did: $watch is $status", async ({ watch, ...shown }) => {
    const alarms = { alarmNames: ["errors", "latency"], enable: true, rollback: false };
    const end = { ...END, deploymentConfiguration: { ...END.deploymentConfiguration, alarms } };
    const { describeThem } = await aDescribedHistory({
      past: [past("b", { end, ...(watch && { alarms: watch }) })],
    });
    const { serviceDeployments } = await describeThem(deploymentArn("b"));
    expect(serviceDeployments?.[0]?.alarms).toEqual({ alarmNames: alarms.alarmNames, ...shown });
  });

  test("has MISSING for what is not there, in order", async () => {
    const { describeThem } = await aDescribedHistory({
      records: [underWay("a")],
      past: [past("b"), past("of an earlier service", { createdAt: 4 })],
    });
    const asked = [
      deploymentArn("b"),
      deploymentArn("of an earlier service"),
      deploymentArn("a"),
      deploymentArn("absent"),
      `${ARN}:service-deployment/default/other/a`,
    ];
    const { serviceDeployments, failures } = await describeThem(...asked);
    expect(serviceDeployments?.map((each) => each.serviceDeploymentArn)).toEqual([
      deploymentArn("b"),
      deploymentArn("a"),
    ]);
    expect(failures).toEqual(
      [asked[1], asked[3], asked[4]].map((arn) => ({ arn, reason: "MISSING" })),
    );
  });

  test("forgets them with their service", async () => {
    const { describeThem } = await aDescribedHistory({ past: [past("b")], status: "INACTIVE" });
    expect((await describeThem(deploymentArn("b"))).failures).toHaveLength(1);
  });

  test.each([
    { name: "none", arns: [], message: "serviceDeploymentArns cannot be empty." },
    {
      name: "too many",
      arns: Array.from({ length: 21 }, (_, index) => deploymentArn(String(index))),
      message: "serviceDeploymentArns can have at most 20 items.",
    },
    {
      name: "an id alone",
      arns: ["NCWGC2ZR-taawPAYrIaU5"],
      message: "Invalid identifier: Unexpected number of separators",
    },
    {
      name: "another kind of ARN",
      arns: [revisionArn(1)],
      message: "Unsupported resource type: service-revision",
    },
  ])("refuses $name", async ({ arns, message }) => {
    const { describeThem } = await aDescribedHistory();
    await expect(describeThem(...arns)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
  });
});
