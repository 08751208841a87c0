import { describe, expect, test } from "vitest";
import { aDeployment, aService, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { explainService } from "./explain-service.ts";

const refusal = (number: number, reason: string) => ({
  containerInstanceId: instanceId(number),
  reason,
  detail: `about ${number}`,
});

const aStart = (number: number, since: number, candidates: ReturnType<typeof refusal>[]) => ({
  taskId: taskId("service:web", number),
  deploymentId: "ecs-svc/1",
  decidedAt: 0,
  unplaced: { since, candidates },
});

async function explain(service: Parameters<typeof aService>[0]) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  await controlPlane.store.services.create(aService(service));
  return explainService(controlPlane, { service: "web" });
}

describe("explainService", () => {
  test("tells since when and why tasks wait, those alike together", async () => {
    const ports = [refusal(1, "RESOURCE:PORTS"), refusal(2, "AGENT")];
    const { waiting, desiredCount } = await explain({
      desiredCount: 6,
      plannedStarts: [
        aStart(1, 5_000, ports),
        aStart(2, 3_000, ports),
        aStart(3, 4_000, [refusal(1, "RESOURCE:CPU")]),
        { taskId: taskId("service:web", 4), deploymentId: "ecs-svc/1", decidedAt: 0 },
      ],
    });
    const arn = (number: number) =>
      `arn:aws:ecs:eu-central-1:123456789012:container-instance/default/${instanceId(number)}`;
    expect(desiredCount).toBe(6);
    expect(waiting).toEqual([
      {
        deploymentId: "ecs-svc/1",
        since: "1970-01-01T00:00:03.000Z",
        count: 2,
        instances: [
          { containerInstanceArn: arn(1), reason: "RESOURCE:PORTS", detail: "about 1" },
          { containerInstanceArn: arn(2), reason: "AGENT", detail: "about 2" },
        ],
      },
      {
        deploymentId: "ecs-svc/1",
        since: "1970-01-01T00:00:04.000Z",
        count: 1,
        instances: [{ containerInstanceArn: arn(1), reason: "RESOURCE:CPU", detail: "about 1" }],
      },
    ]);
  });

  test("tells how deployments fare and until when starts are held back", async () => {
    const { deployments } = await explain({
      deployments: [aDeployment({ failedTasks: 3, throttledUntil: 60_000 })],
    });
    expect(deployments).toMatchObject([
      { status: "PRIMARY", failedTasks: 3, throttledUntil: "1970-01-01T00:01:00.000Z" },
    ]);
  });

  test("refuses a service that is not there", async () => {
    const controlPlane = aControlPlane();
    await setUpCluster(controlPlane);
    await expect(explainService(controlPlane, { service: "x" })).rejects.toMatchObject({
      code: "ServiceNotFoundException",
    });
  });
});
