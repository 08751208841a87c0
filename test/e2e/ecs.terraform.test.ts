import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { Terraform } from "../stacks/terraform/terraform.ts";
import { missingTools } from "../stacks/terraform/tools.ts";
import { Berth } from "./berth.ts";
import { ecsResources } from "./ecs-resources.ts";

const missing = await missingTools(["terraform", "provider"]);
const skipped = missing.length > 0;
const verdict = skipped ? `SKIPPED: ${missing.join(", ")} not installed` : "installed";
test.skipIf(skipped)(`Terraform and its AWS provider: ${verdict}`, () => {
  expect(missing).toEqual([]);
});

describe.skipIf(skipped)("Terraform's AWS provider, on one machine with containers", () => {
  let berth: Berth;
  let terraform: Terraform;
  beforeAll(async () => {
    berth = await Berth.start({ instances: 2 });
    terraform = await Terraform.init("ecs", { ...berth.endpoint, hasSts: false });
  });
  afterAll(() => berth?.down());

  const web = async () => {
    const { services } = await berth.ecs.send(new DescribeServicesCommand({ services: ["web"] }));
    return services?.[0];
  };
  const changes = async () =>
    (await terraform.plan(berth.endpoint.url)).filter(({ change }) =>
      change.actions.some((action) => !["no-op", "read"].includes(action)),
    );

  it("makes what it is told, waits until it is stable, and then finds nothing to change", async () => {
    terraform.describe(ecsResources({ tag: "1", desiredCount: 2 }));
    await terraform.apply(berth.endpoint.url);
    expect(await web()).toMatchObject({ runningCount: 2, desiredCount: 2, status: "ACTIVE" });
    expect(await changes()).toEqual([]);
  });

  it("changes what is there, which rolls out", async () => {
    terraform.describe(ecsResources({ tag: "2", desiredCount: 3 }));
    await terraform.apply(berth.endpoint.url);
    const service = await web();
    expect(service).toMatchObject({ runningCount: 3, desiredCount: 3 });
    expect(service?.taskDefinition).toMatch(/:task-definition\/web:2$/);
    expect(await changes()).toEqual([]);
  });

  it("destroys all of it", async () => {
    await terraform.destroy(berth.endpoint.url);
    expect(await web()).toMatchObject({ status: "INACTIVE" });
    expect(await terraform.made()).toEqual([]);
  });
});
