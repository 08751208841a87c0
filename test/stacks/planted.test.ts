import { beforeAll, describe, expect, it } from "vitest";
import { callsIn, callsOf } from "./aws-calls.ts";
import { entryNames } from "./bundle-functions.ts";
import type { Deployment } from "./deployment.ts";
import { readDeployment, recordStage } from "./record.ts";
import { alarmFaults } from "./rules/alarms.ts";
import { changeFaults } from "./rules/changes.ts";
import { environmentFaults } from "./rules/environment.ts";
import { ruleFaults } from "./rules/events.ts";
import { consumerFaults, queueFaults } from "./rules/queues.ts";
import {
  managedPolicyFaults,
  permissionFaults,
  trustFaults,
  wildcardFaults,
} from "./rules/roles.ts";
import type { Plant } from "./synth/program.ts";

const PLANTS: readonly Plant[] = [
  { file: "sst.config.ts", from: "applyDefaults();", to: "" },
  { file: "stacks/state.ts", from: `"dynamodb:GetItem",`, to: `"dynamodb:Scan",` },
  {
    file: "stacks/queues.ts",
    from: "timeoutSeconds * VISIBILITY_TO_TIMEOUT",
    to: "timeoutSeconds",
  },
  { file: "stacks/queues.ts", from: `case "FifoThroughputLimit":`, to: `case "":` },
  { file: "stacks/queues.ts", from: "default:", to: `default: return ["name", undefined];` },
  {
    file: "stacks/queues.ts",
    from: `definitionOf(name, arn).RedrivePolicy ?? ""`,
    to: `definitionOf(name, arn).RedrivePolicy.replace("10", "4")`,
  },
  {
    file: "stacks/controllers.ts",
    from: `functionResponseTypes: ["ReportBatchItemFailures"],`,
    to: "",
  },
  { file: "stacks/edge.ts", from: "BERTH_TABLE_NAME", to: "BERTH_TABLE" },
  { file: "stacks/edge.ts", from: "${logGroup.arn}:*", to: "*" },
  {
    file: "stacks/controllers.ts",
    from: `name === "service" || name === "placement"`,
    to: `name === "placement"`,
  },
  { file: "stacks/controllers.ts", from: "autoScalingGroupName/${each}", to: "*" },
  { file: "stacks/edge.ts", from: "role: { managedPolicyArns: [] },", to: "" },
  { file: "stacks/alarms.ts", from: `below ? "breaching" : "notBreaching"`, to: `"notBreaching"` },
  { file: "stacks/alarms.ts", from: "-dead-letters`, `What", to: "-alive`, `What" },
  { file: "stacks/alarms.ts", from: "[STAGE_DIMENSION]: $app.stage", to: `Stage: "another"` },
  { file: "stacks/alarms.ts", from: "name, deadLetters);", to: "name, queue);" },
  { file: "stacks/alarms.ts", from: `"WriteThrottleEvents"`, to: `"WriteTrottleEvents"` },
  {
    file: "stacks/edge.ts",
    from: "[...controller.permissions, keys.opening]",
    to: "controller.permissions",
  },
  { file: "stacks/scaling.ts", from: "deadLetterConfig: { arn: deadLetters.arn },", to: "" },
  { file: "stacks/scaling.ts", from: "sourceArn: made.arn,", to: "" },
  { file: "stacks/scaling.ts", from: "values: rules.map(({ arn }) => arn),", to: "values: []," },
  { file: "stacks/state.ts", from: `"new-and-old-images"`, to: `"new-image"` },
  { file: "stacks/events.ts", from: "bisectBatchOnFunctionError: true,", to: "" },
  { file: "stacks/events.ts", from: "maximumRetryAttempts: CHANGE_SOURCE.retries,", to: "" },
  {
    file: "stacks/events.ts",
    from: "destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },",
    to: "",
  },
  { file: "stacks/events.ts", from: "JSON.stringify(CHANGE_FILTER)", to: `"{}"` },
];

describe("with planted faults", () => {
  let deployment: Deployment;
  beforeAll(async () => {
    await recordStage("planted", { plants: PLANTS });
    deployment = readDeployment("planted");
  });

  it("finds that SST lets the account take roles", () => {
    expect(trustFaults(deployment)).toContain("ApiRole trusts AWS arn:aws:iam::123456789012:root");
  });

  it("finds an action that is granted for nothing, and one that is missing", () => {
    const faults = permissionFaults(deployment, new Map([["api", callsOf("api")]]));
    expect(faults).toEqual([
      "api may not dynamodb:GetItem",
      "api may not kms:Decrypt",
      "api need not dynamodb:Scan",
    ]);
  });

  it("finds a controller that cannot see the alarms of its services", () => {
    const calls = new Map([["service-queue", callsOf("service-queue")]]);
    expect(permissionFaults(deployment, calls)).toContain(
      "service-queue may not cloudwatch:DescribeAlarms",
    );
  });

  it("finds a wildcard, and a policy of AWS's that is full of them", () => {
    expect(wildcardFaults(deployment)).toContain("ApiRole: *");
    expect(wildcardFaults(deployment).join()).toContain(":autoScalingGroup:*:*");
    expect(managedPolicyFaults(deployment).join()).toContain("AWSLambdaBasicExecutionRole");
  });

  it("finds messages that come back too early, and groups that wait for each other", () => {
    expect(queueFaults(deployment)).toEqual(
      expect.arrayContaining([
        "Timers: gives up after 7 s",
        "Service: hidden for 30 s, handled within 30 s",
        "Service: its groups share one throughput",
      ]),
    );
  });

  it("finds a consumer that says nothing of single failures", () => {
    expect(consumerFaults(deployment)).toContain("service: one failure fails the batch");
  });

  it("finds changes that are not told, or hold up others", () => {
    expect(changeFaults(deployment)).toEqual([
      "the stream does not carry items as they were and are",
      "filtered otherwise than on one machine",
      "one poisonous change poisons its batch",
      "tries for ever",
      "gives up quietly",
    ]);
  });

  it("finds a variable that is missing", () => {
    const [fault] = environmentFaults(deployment, entryNames);
    expect(fault).toContain("BERTH_TABLE_NAME");
  });

  it("finds events that are not taken, and rules that lose what they cannot deliver", () => {
    expect(ruleFaults(deployment)).toEqual(
      expect.arrayContaining([
        "HostState: no dead letters",
        "HostState: may not call",
        "dead letters: not from HostState",
      ]),
    );
  });

  it("finds alarms that are missing, or deaf", () => {
    const faults = alarmFaults(deployment, "planted");
    expect(faults).toContain("sweep-missing takes silence for health");
    expect(faults.join()).toContain("no alarm for AWS/SQS ApproximateNumberOfMessagesVisible");
    expect(faults).toContain("no alarm for Berth ReconcileErrors of planted");
    expect(faults.join()).toContain("no alarm for AWS/DynamoDB WriteThrottleEvents of ");
  });
});

describe("the calls of a bundle", () => {
  const COMMAND = `// node_modules/@aws-sdk/client-sqs/dist-es/commands/PurgeQueueCommand.js
var PurgeQueueCommand2 = class extends command(a, "PurgeQueue") {};
`;
  const WAITER = `// node_modules/@aws-sdk/client-sqs/dist-es/waiters/waitForPurge.js
var waitForPurge = async (client) => client.send(new PurgeQueueCommand2({}));
`;

  it.each([
    [
      "a command that is sent",
      `${COMMAND}// packages/aws/src/x.ts\nsend(new PurgeQueueCommand2());`,
    ],
    [
      "a command under another name",
      `${COMMAND}// packages/aws/src/x.ts\nvar C = PurgeQueueCommand2;`,
    ],
    ["a library's command", `${COMMAND}// node_modules/lib/x.js\nsend(new PurgeQueueCommand2());`],
    ["a waiter", `${COMMAND}${WAITER}// packages/aws/src/x.ts\nawait waitForPurge(client);`],
  ])("are found: %s", (_, bundle) => {
    expect(callsIn(bundle)).toEqual(["sqs:PurgeQueue"]);
  });

  it("are found where the store sends by name", () => {
    expect(callsIn(`// packages/store/src/dynamodb/x.ts\nawait send("Scan", {});`)).toEqual([
      "dynamodb:Scan",
    ]);
  });

  it("are not what the SDK only has", () => {
    expect(callsIn(`${COMMAND}${WAITER}// packages/aws/src/x.ts\nreturn 1;`)).toEqual([]);
  });
});
