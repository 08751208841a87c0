import { aDeployment, aService } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { createService } from "./create-service.ts";
import { deleteService } from "./delete-service.ts";
import { withChange } from "./service-change.ts";
import { updateService } from "./update-service.ts";

const context = aControlPlane({ now: 7 });
const { requestId, principalArn } = context;
const asked = { at: 7, requestId, principalArn };

const changeOf = (overrides: Parameters<typeof aService>[0]) =>
  withChange(context, "UpdateService", { before: aService(), after: aService(overrides) })
    .latestChange;

test("a new count is noted, with who asked", () => {
  expect(changeOf({ desiredCount: 5 })).toEqual({
    ...asked,
    operation: "UpdateService",
    desiredCount: 5,
  });
});

test("a new deployment is noted", () => {
  const deployments = [aDeployment({ id: "ecs-svc/2" }), aDeployment({ status: "ACTIVE" })];
  expect(changeOf({ deployments })).toEqual({
    ...asked,
    operation: "UpdateService",
    deploymentId: "ecs-svc/2",
  });
});

test("what starts and stops nothing leaves the note as it is", () => {
  const latestChange = { ...asked, operation: "CreateService" as const, at: 1 };
  expect(changeOf({ healthCheckGracePeriodSeconds: 9, latestChange })).toBe(latestChange);
});

test("every request that changes a service notes itself", async () => {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  const latest = async () =>
    (await controlPlane.store.services.find("default", "web"))?.latestChange;

  const { service } = await createService(controlPlane, {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 2,
  });
  expect(await latest()).toMatchObject({
    operation: "CreateService",
    desiredCount: 2,
    deploymentId: service?.deployments?.[0]?.id,
  });
  await updateService(controlPlane, { service: "web", desiredCount: 3 });
  expect(await latest()).toMatchObject({ operation: "UpdateService", desiredCount: 3 });
  await deleteService(controlPlane, { service: "web", force: true });
  expect(await latest()).toMatchObject({ operation: "DeleteService", desiredCount: 0 });
});
