import { EventBridgeClient, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { Terraform } from "../stacks/terraform/terraform.ts";
import { missingTools } from "../stacks/terraform/tools.ts";
import { Berth } from "./berth.ts";

const missing = await missingTools(["terraform", "provider"]);
const skipped = missing.length > 0;
const verdict = skipped ? `SKIPPED: ${missing.join(", ")} not installed` : "installed";
test.skipIf(skipped)(`Terraform and its AWS provider: ${verdict}`, () => {
  expect(missing).toEqual([]);
});

/** Who hears of crashes, as one would describe it for AWS. */
const resources = (team: string) => ({
  aws_cloudwatch_event_connection: {
    hook: {
      name: "hook",
      authorization_type: "API_KEY",
      auth_parameters: { api_key: { key: "X-Key", value: "s3cret" } },
    },
  },
  aws_cloudwatch_event_api_destination: {
    hook: {
      name: "hook",
      invocation_endpoint: "https://example.com/hook",
      http_method: "POST",
      invocation_rate_limit_per_second: 20,
      connection_arn: "${aws_cloudwatch_event_connection.hook.arn}",
    },
  },
  aws_cloudwatch_event_rule: {
    crashes: {
      name: "crashes",
      event_bus_name: "berth",
      event_pattern: JSON.stringify({ detail: { lastStatus: ["STOPPED"] } }),
      tags: { team },
    },
  },
  aws_cloudwatch_event_target: {
    hook: {
      rule: "${aws_cloudwatch_event_rule.crashes.name}",
      event_bus_name: "berth",
      target_id: "hook",
      arn: "${aws_cloudwatch_event_api_destination.hook.arn}",
      input_transformer: {
        input_paths: { status: "$.detail.lastStatus" },
        input_template: `{"status": <status>, "team": "${team}"}`,
      },
      retry_policy: { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 60 },
    },
  },
});

describe.skipIf(skipped)("Terraform's AWS provider, for rules of one machine", () => {
  let berth: Berth;
  let events: EventBridgeClient;
  let terraform: Terraform;
  beforeAll(async () => {
    berth = await Berth.start({ instances: 1 });
    const { region, url: endpoint, ...credentials } = berth.endpoint;
    events = new EventBridgeClient({ region, endpoint, credentials });
    terraform = await Terraform.init("event-rules", { ...berth.endpoint, hasSts: false });
  });
  afterAll(() => {
    events?.destroy();
    return berth?.down();
  });

  it.each(["a", "b"])(
    "makes what it is told, and then finds nothing to change: %s",
    async (team) => {
      terraform.describe(resources(team));
      await terraform.apply(berth.endpoint.url);
      const changes = await terraform.plan(berth.endpoint.url);
      expect(changes.filter(({ change }) => change.actions.join() !== "no-op")).toEqual([]);
      const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: "crashes" }));
      expect(Targets).toMatchObject([
        {
          Id: "hook",
          InputTransformer: { InputTemplate: `{"status": <status>, "team": "${team}"}` },
        },
      ]);
    },
  );

  it("destroys all of it", async () => {
    await terraform.destroy(berth.endpoint.url);
    expect(await terraform.made()).toEqual([]);
  });
});
