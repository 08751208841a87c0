import { createService } from "../commands/create-service.ts";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { listPlacementTemplates } from "./list-placement-templates.ts";

const { templates } = listPlacementTemplates();

test("has the names of the ECS console, in its order", () => {
  expect(templates.map(({ name }) => name)).toEqual([
    "AZ Balanced Spread",
    "AZ Balanced BinPack",
    "BinPack",
    "One Task Per Host",
    "Custom",
  ]);
});

test.each(templates)("$name is taken by CreateService as it stands", async (template) => {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane);
  const { placementStrategy, placementConstraints } = template;
  const { service } = await createService(controlPlane, {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 1,
    placementStrategy: [...placementStrategy],
    placementConstraints: [...placementConstraints],
  });
  expect(service).toMatchObject({ placementStrategy, placementConstraints });
});
