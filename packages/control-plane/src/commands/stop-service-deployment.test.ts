import { aServiceHistory, deploymentArn, past, underWay } from "@berth/testing/service-history";
import { describe, expect, test } from "vitest";
import { listServiceDeployments } from "./list-service-deployments.ts";
import { stopServiceDeployment } from "./stop-service-deployment.ts";
import { updateService } from "./update-service.ts";

describe("StopServiceDeployment", () => {
  const stop = (
    { controlPlane }: Awaited<ReturnType<typeof aServiceHistory>>,
    id: string,
    stopType?: "ROLLBACK" | "ABORT",
  ) =>
    stopServiceDeployment(controlPlane, {
      serviceDeploymentArn: deploymentArn(id),
      ...(stopType && { stopType }),
    });
  const statusOf = async ({ controlPlane, web }: Awaited<ReturnType<typeof aServiceHistory>>) =>
    (await controlPlane.store.services.find(web.cluster, web.name))?.serviceDeployments[0]?.status;

  test.each(["PENDING", "IN_PROGRESS"] as const)(
    "asks for the rollback of one %s",
    async (status) => {
      const history = await aServiceHistory({ records: [{ ...underWay("a"), status }] });
      expect(await stop(history, "a")).toEqual({ serviceDeploymentArn: deploymentArn("a") });
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
      const history = await aServiceHistory({ records: [{ ...underWay("a"), status }] });
      expect(await stop(history, "a", "ROLLBACK")).toEqual({
        serviceDeploymentArn: deploymentArn("a"),
      });
      expect(await statusOf(history)).toBe(status);
    },
  );

  test("refuses one that has its verdict", async () => {
    const history = await aServiceHistory({ records: [past("a")], past: [past("b")] });
    for (const id of ["a", "b"]) {
      await expect(stop(history, id)).rejects.toMatchObject({ code: "ConflictException" });
    }
  });

  test("refuses what is not there, and what Berth does not do", async () => {
    const history = await aServiceHistory();
    await expect(stop(history, "absent")).rejects.toMatchObject({
      code: "ServiceDeploymentNotFoundException",
    });
    await expect(stop(history, "a", "ABORT")).rejects.toMatchObject({
      code: "UnsupportedFeatureException",
    });
  });
});

test("an update gives up what is under way, too", async () => {
  const { controlPlane } = await aServiceHistory({ records: [underWay("z"), past("zz")] });
  await updateService(controlPlane, { service: "web", taskDefinition: "web:1" });
  const { serviceDeployments } = await listServiceDeployments(controlPlane, { service: "web" });
  expect(serviceDeployments?.map(({ status }) => status)).toEqual([
    "PENDING",
    "STOP_REQUESTED",
    "SUCCESSFUL",
  ]);
});
