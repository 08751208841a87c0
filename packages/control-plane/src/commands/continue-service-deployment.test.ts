import { aServiceHistory, deploymentArn, underWay } from "@berth/testing/service-history";
import { describe, expect, test } from "vitest";
import { continueServiceDeployment } from "./continue-service-deployment.ts";

describe("ContinueServiceDeployment", () => {
  test("refuses a deployment that waits at no such hook, and changes nothing", async () => {
    const { controlPlane, web } = await aServiceHistory({ records: [underWay("a")] });
    const before = await controlPlane.store.services.find(web.cluster, web.name);
    await expect(
      continueServiceDeployment(controlPlane, {
        serviceDeploymentArn: deploymentArn("a"),
        hookId: "approval",
      }),
    ).rejects.toMatchObject({
      code: "ClientException",
      message: "The service deployment does not wait at a lifecycle hook with id approval.",
    });
    expect(await controlPlane.store.services.find(web.cluster, web.name)).toEqual(before);
    expect(controlPlane.wakes).toEqual([]);
  });

  test("refuses a deployment that is not there", async () => {
    const { controlPlane } = await aServiceHistory();
    await expect(
      continueServiceDeployment(controlPlane, {
        serviceDeploymentArn: deploymentArn("absent"),
        hookId: "approval",
      }),
    ).rejects.toMatchObject({ code: "ServiceDeploymentNotFoundException" });
  });
});
