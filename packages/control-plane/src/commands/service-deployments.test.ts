import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import {
  aDeployment,
  aService,
  aServiceDeployment,
  aTask,
  aTaskDefinition,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { describeServiceDeployments } from "./describe-service-deployments.ts";
import { describeServiceRevisions } from "./describe-service-revisions.ts";
import { listServiceDeployments } from "./list-service-deployments.ts";
import { stopServiceDeployment } from "./stop-service-deployment.ts";
import { updateService } from "./update-service.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const arnOf = (id: string) => `${ARN}:service-deployment/default/web/${id}`;
const revisionArn = (number: number) =>
  `${ARN}:service-revision/default/web/${String(number).padStart(19, "0")}`;
const deploymentId = (number: number) => `ecs-svc/${String(number).padStart(19, "0")}`;

const END = {
  failureCount: 2,
  threshold: 3,
  deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
  tasks: { [deploymentId(1)]: { requested: 2, running: 1, pending: 1 } },
};

/** The service `web` at its second revision, and what is written of its past. */
async function aHistory({
  records = [aServiceDeployment({ deploymentId: deploymentId(2), createdAt: 7 })],
  past = [],
  status = "ACTIVE",
}: {
  readonly records?: readonly ServiceDeployment[];
  readonly past?: readonly ServiceDeployment[];
  readonly status?: "ACTIVE" | "INACTIVE";
} = {}) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {
    definitions: [aTaskDefinition(), aTaskDefinition({ revision: 2 })],
  });
  const { store } = controlPlane;
  await store.services.create(
    aService({
      status,
      createdAt: 5,
      desiredCount: 2,
      taskDefinition: "web:2",
      deployments: [
        aDeployment({
          id: deploymentId(2),
          taskDefinition: "web:2",
          rolloutState: "IN_PROGRESS",
          failedTasks: 1,
          createdAt: 7,
        }),
        aDeployment({ status: "ACTIVE" }),
      ],
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      serviceDeployments: records,
    }),
  );
  const web = { cluster: "default", name: "web" };
  for (const record of past) await store.serviceDeployments.put(web, record);
  return {
    controlPlane,
    web,
    list: (request: Partial<EcsRequest<"ListServiceDeployments">> = {}) =>
      listServiceDeployments(controlPlane, { service: "web", ...request }),
    describe: (...arns: readonly string[]) =>
      describeServiceDeployments(controlPlane, { serviceDeploymentArns: [...arns] }),
  };
}

const past = (id: string, overrides: Partial<ServiceDeployment> = {}) =>
  aServiceDeployment({
    id,
    status: "SUCCESSFUL",
    createdAt: 5,
    finishedAt: 1_700_000_000_000,
    end: END,
    ...overrides,
  });
const underWay = (id: string) =>
  aServiceDeployment({ id, deploymentId: deploymentId(2), createdAt: 7 });

describe("DescribeServiceDeployments", () => {
  test("tells of one under way what is true now", async () => {
    const { controlPlane, describe: describeThem } = await aHistory({
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
    const { serviceDeployments, failures } = await describeThem(arnOf("a"));
    expect(failures).toEqual([]);
    expect(serviceDeployments).toEqual([
      {
        serviceDeploymentArn: arnOf("a"),
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
    const { describe: describeThem } = await aHistory({
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
    expect((await describeThem(arnOf("b"))).serviceDeployments).toMatchObject([
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
    const { describe: describeThem } = await aHistory({
      past: [past("b", { end, ...(watch && { alarms: watch }) })],
    });
    const { serviceDeployments } = await describeThem(arnOf("b"));
    expect(serviceDeployments?.[0]?.alarms).toEqual({ alarmNames: alarms.alarmNames, ...shown });
  });

  test("has MISSING for what is not there, in order", async () => {
    const { describe: describeThem } = await aHistory({
      records: [underWay("a")],
      past: [past("b"), past("of an earlier service", { createdAt: 4 })],
    });
    const asked = [
      arnOf("b"),
      arnOf("of an earlier service"),
      arnOf("a"),
      arnOf("absent"),
      `${ARN}:service-deployment/default/other/a`,
    ];
    const { serviceDeployments, failures } = await describeThem(...asked);
    expect(serviceDeployments?.map((each) => each.serviceDeploymentArn)).toEqual([
      arnOf("b"),
      arnOf("a"),
    ]);
    expect(failures).toEqual(
      [asked[1], asked[3], asked[4]].map((arn) => ({ arn, reason: "MISSING" })),
    );
  });

  test("forgets them with their service", async () => {
    const { describe: describeThem } = await aHistory({ past: [past("b")], status: "INACTIVE" });
    expect((await describeThem(arnOf("b"))).failures).toHaveLength(1);
  });

  test.each([
    { name: "none", arns: [], message: "serviceDeploymentArns cannot be empty." },
    {
      name: "too many",
      arns: Array.from({ length: 21 }, (_, index) => arnOf(String(index))),
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
    const { describe: describeThem } = await aHistory();
    await expect(describeThem(...arns)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message,
    });
  });
});

describe("ListServiceDeployments", () => {
  const ids = (answer: Awaited<ReturnType<typeof listServiceDeployments>>) =>
    answer.serviceDeployments?.map(({ serviceDeploymentArn = "" }) =>
      serviceDeploymentArn.slice(serviceDeploymentArn.lastIndexOf("/") + 1),
    );

  test("has those under way and those written, newest first, each once", async () => {
    const { list } = await aHistory({
      records: [underWay("a"), past("c")],
      past: [past("b"), past("c"), past("d"), past("of an earlier service", { createdAt: 4 })],
    });
    const answer = await list();
    expect(ids(answer)).toEqual(["a", "b", "c", "d"]);
    expect(answer).not.toHaveProperty("nextToken");
    expect(answer.serviceDeployments?.[0]).toEqual({
      serviceDeploymentArn: arnOf("a"),
      serviceArn: `${ARN}:service/default/web`,
      clusterArn: `${ARN}:cluster/default`,
      targetServiceRevisionArn: revisionArn(2),
      status: "IN_PROGRESS",
      createdAt: new Date(7),
      startedAt: new Date(0),
    });
  });

  test.each([1, 2, 3, 20])("goes on where a page of %i ended", async (maxResults) => {
    const { list } = await aHistory({
      records: [underWay("a"), underWay("d")],
      past: ["b", "c", "e", "f"].map((id) => past(id)),
    });
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const answer = await list({ maxResults, ...(nextToken !== undefined && { nextToken }) });
      expect(answer.serviceDeployments?.length).toBeLessThanOrEqual(maxResults);
      seen.push(...(ids(answer) ?? []));
      ({ nextToken } = answer);
    } while (nextToken !== undefined);
    expect(seen).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test.each<{ request: Partial<EcsRequest<"ListServiceDeployments">>; expected: string[] }>([
    { request: { status: ["IN_PROGRESS"] }, expected: ["a"] },
    { request: { status: ["SUCCESSFUL", "STOPPED"] }, expected: ["b", "c"] },
    { request: { createdAt: { after: new Date(6) } }, expected: ["a", "b"] },
    { request: { createdAt: { before: new Date(7) } }, expected: ["b", "c"] },
  ])("filters by $request", async ({ request, expected }) => {
    const { list } = await aHistory({
      records: [underWay("a")],
      past: [past("b", { createdAt: 6.5 }), past("c")],
    });
    expect(ids(await list(request))).toEqual(expected);
  });

  test("refuses a service that is not there", async () => {
    const { list } = await aHistory();
    await expect(list({ service: "absent" })).rejects.toMatchObject({
      code: "ServiceNotFoundException",
    });
    await expect(list({ maxResults: 101 })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });
});

describe("DescribeServiceRevisions", () => {
  test("has what was written, and what has not begun yet", async () => {
    const { controlPlane, web } = await aHistory();
    await controlPlane.store.serviceRevisions.put({
      cluster: web.cluster,
      service: web.name,
      id: "1".padStart(19, "0"),
      taskDefinition: "web:1",
      launchType: "EC2",
      containerImages: [{ containerName: "main", image: "before" }],
      createdAt: 6,
    });
    const asked = [revisionArn(1), revisionArn(2), revisionArn(3)];
    const answer = await describeServiceRevisions(controlPlane, { serviceRevisionArns: asked });
    expect(answer.serviceRevisions).toMatchObject([
      {
        serviceRevisionArn: revisionArn(1),
        serviceArn: `${ARN}:service/default/web`,
        taskDefinition: `${ARN}:task-definition/web:1`,
        launchType: "EC2",
        containerImages: [{ containerName: "main", image: "before" }],
        createdAt: new Date(6),
      },
      {
        serviceRevisionArn: revisionArn(2),
        taskDefinition: `${ARN}:task-definition/web:2`,
        containerImages: [{ containerName: "main", image: "busybox" }],
      },
    ]);
    expect(answer.failures).toEqual([{ arn: revisionArn(3), reason: "MISSING" }]);
  });
});

describe("StopServiceDeployment", () => {
  const stop = (
    { controlPlane }: Awaited<ReturnType<typeof aHistory>>,
    id: string,
    stopType?: "ROLLBACK" | "ABORT",
  ) =>
    stopServiceDeployment(controlPlane, {
      serviceDeploymentArn: arnOf(id),
      ...(stopType && { stopType }),
    });
  const statusOf = async ({ controlPlane, web }: Awaited<ReturnType<typeof aHistory>>) =>
    (await controlPlane.store.services.find(web.cluster, web.name))?.serviceDeployments[0]?.status;

  test.each(["PENDING", "IN_PROGRESS"] as const)(
    "asks for the rollback of one %s",
    async (status) => {
      const history = await aHistory({ records: [{ ...underWay("a"), status }] });
      expect(await stop(history, "a")).toEqual({ serviceDeploymentArn: arnOf("a") });
      expect(await statusOf(history)).toBe("ROLLBACK_REQUESTED");
      expect(history.controlPlane.wakes).toEqual([
        {
          message: { kind: "service", cluster: "default", service: "web" },
          timing: { kind: "now" },
        },
      ]);
      const { due } = (await history.controlPlane.store.services.find("default", "web")) ?? {};
      expect(due).toBe(history.controlPlane.now());
    },
  );

  test.each(["STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"] as const)(
    "leaves one %s as it is",
    async (status) => {
      const history = await aHistory({ records: [{ ...underWay("a"), status }] });
      expect(await stop(history, "a", "ROLLBACK")).toEqual({ serviceDeploymentArn: arnOf("a") });
      expect(await statusOf(history)).toBe(status);
    },
  );

  test("refuses one that has its verdict", async () => {
    const history = await aHistory({ records: [past("a")], past: [past("b")] });
    for (const id of ["a", "b"]) {
      await expect(stop(history, id)).rejects.toMatchObject({ code: "ConflictException" });
    }
  });

  test("refuses what is not there, and what Berth does not do", async () => {
    const history = await aHistory();
    await expect(stop(history, "absent")).rejects.toMatchObject({
      code: "ServiceDeploymentNotFoundException",
    });
    await expect(stop(history, "a", "ABORT")).rejects.toMatchObject({
      code: "UnsupportedFeatureException",
    });
  });
});

test("an update gives up what is under way", async () => {
  const { controlPlane, list } = await aHistory({ records: [underWay("z"), past("zz")] });
  await updateService(controlPlane, { service: "web", taskDefinition: "web:1" });
  const { serviceDeployments } = await list();
  expect(serviceDeployments?.map(({ status }) => status)).toEqual([
    "PENDING",
    "STOP_REQUESTED",
    "SUCCESSFUL",
  ]);
});
