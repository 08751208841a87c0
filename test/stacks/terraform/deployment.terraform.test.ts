import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { readDeployment } from "../record.ts";
import { differences } from "./differences.ts";
import { startEmulator } from "./emulator.ts";
import type { Emulator } from "./emulator.ts";
import { exportResources } from "./export.ts";
import type { TerraformResources } from "./export.ts";
import type { ProviderSchema } from "./schema.ts";
import { Terraform } from "./terraform.ts";
import { missingTools } from "./tools.ts";

const missing = await missingTools(["terraform", "provider", "emulator"]);
const skipped = missing.length > 0;
const verdict = skipped ? `SKIPPED: ${missing.join(", ")} not installed` : "installed";
test.skipIf(skipped)(`Terraform, its AWS provider and moto_server: ${verdict}`, () => {
  expect(missing).toEqual([]);
});

/** ARNs, hosts and ids as the mocks make them up. */
const MADE_UP = /[\w:/.-]*(?::123456789012:|execute-api\.\w|\w-id\b)[\w:/.-]*/g;

/** Groups and roles of instances that users make: none of the stage's, so there is nothing to refer to. */
const USERS_OWN = /^arn:aws:autoscaling:|^arn:aws:iam::\d+:role\/berth-(?:instance-|\w+\/)/;

const addressesOf = (resources: TerraformResources): readonly string[] =>
  Object.entries(resources).flatMap(([type, named]) =>
    Object.keys(named).map((name) => `${type}.${name}`),
  );

describe.skipIf(skipped)("the provider of Terraform", () => {
  let terraform: Terraform;
  let schema: ProviderSchema;
  const exported = (stage: string) => exportResources(readDeployment(stage).resources, schema);

  beforeAll(async () => {
    terraform = await Terraform.init("deployment");
    schema = await terraform.schema();
  });

  it.each(["production", "test"])("takes every property of stage %s", async (stage) => {
    const resources = exported(stage);
    // References stand for all of it.
    const madeUp = JSON.stringify(resources).match(MADE_UP) ?? [];
    expect(madeUp.filter((text) => !USERS_OWN.test(text))).toEqual([]);
    terraform.describe(resources);
    expect(await terraform.validate()).toEqual([]);
  });

  it("finds a value that AWS does not know", async () => {
    const { aws_sqs_queue = {}, ...others } = exported("test");
    const ServiceQueue = { ...aws_sqs_queue.ServiceQueue, deduplication_scope: "group" };
    terraform.describe({ ...others, aws_sqs_queue: { ...aws_sqs_queue, ServiceQueue } });
    expect(await terraform.validate()).toEqual([
      expect.stringMatching(/aws_sqs_queue\.ServiceQueue: .*deduplication_scope/),
    ]);
  });

  describe("and an emulator of AWS", () => {
    let emulator: Emulator;
    beforeAll(async () => {
      emulator = await startEmulator();
      terraform.describe(exported("test"));
    });
    afterAll(() => emulator?.stop());

    it("make all of stage test", async () => {
      await terraform.apply(emulator.url);
      const made = await terraform.made();
      expect(made.toSorted()).toEqual(addressesOf(exported("test")).toSorted());
      console.info(`${made.length} resources were made.`);
    });

    it("keep it as it was asked for", async () => {
      expect(differences(await terraform.plan(emulator.url))).toEqual([]);
    });

    it("destroy all of it", async () => {
      await terraform.destroy(emulator.url);
      expect(await terraform.made()).toEqual([]);
    });
  });
});
