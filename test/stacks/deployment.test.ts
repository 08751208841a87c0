import { METRICS } from "@berth/contracts/metrics";
import { tableDefinition } from "@berth/store/dynamodb/schema";
import { describe, expect, it, test } from "vitest";
import { callsOf } from "./aws-calls.ts";
import { entryNames } from "./bundle-functions.ts";
import { callWithoutSignature } from "./call-function.ts";
import { componentName } from "./deployment.ts";
import type { Deployment } from "./deployment.ts";
import { readDeployment } from "./record.ts";
import { alarmFaults } from "./rules/alarms.ts";
import { changeFaults } from "./rules/changes.ts";
import { environmentFaults, variablesOf } from "./rules/environment.ts";
import { consumerFaults, queueFaults } from "./rules/queues.ts";
import {
  managedPolicyFaults,
  permissionFaults,
  tracedFunctions,
  trustFaults,
  wildcardFaults,
} from "./rules/roles.ts";
import { deadLettersArn, patternsOf, ruleFaults } from "./rules/events.ts";
import { routesOf } from "./rules/routes.ts";
import { arnOf } from "./synth/mocks.ts";
import { readApp } from "./synth/program.ts";

const HTTP_ROUTES = [
  "ANY /v1/{proxy+}",
  "GET /healthz",
  "GET /openapi.json",
  "GET /reference",
  "GET /reference/{file}",
  "POST /",
  "POST /v1/join",
];
const SOCKET_ROUTES = ["$connect", "$default", "$disconnect"];

/** What Lambda does with an event whose sender does not wait. */
const invokeConfig = (deployment: Deployment, component: string) =>
  deployment.one(
    "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    `${component}EventInvokeConfig`,
  );

describe.each(["production", "test"])("the deployment of stage %s", (stage) => {
  const deployment = readDeployment(stage);

  it("keeps the table of one machine, and what a moment ago was in it", () => {
    const { AttributeDefinitions = [], GlobalSecondaryIndexes = [] } = tableDefinition("");
    expect(deployment.one("dynamodb/table:Table")).toMatchObject({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: AttributeDefinitions.map((each) => ({
        name: each.AttributeName,
        type: each.AttributeType,
      })),
      globalSecondaryIndexes: GlobalSecondaryIndexes.map(({ IndexName, KeySchema = [] }) => ({
        name: IndexName,
        hashKey: KeySchema[0]?.AttributeName,
        rangeKey: KeySchema[1]?.AttributeName,
        projectionType: "KEYS_ONLY",
      })),
      ttl: { attributeName: "expiresAt", enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: stage === "production",
    });
  });

  it("makes a function of every entry point", () => {
    const functions = deployment.all("lambda/function:Function");
    expect(functions.map(({ name }) => name).toSorted()).toEqual(
      entryNames.map((name) => `${componentName(name)}Function`).toSorted(),
    );
    for (const { inputs } of functions) {
      expect(inputs).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"] });
    }
  });

  it("has queues that lose nothing and hold nothing up", () => {
    expect(queueFaults(deployment)).toEqual([]);
  });

  it("has one consumer for each queue, that says what failed", () => {
    expect(consumerFaults(deployment)).toEqual([]);
  });

  it("tells of the changes of its table, and of none quietly not", () => {
    expect(changeFaults(deployment)).toEqual([]);
  });

  it("tells each function what it reads", () => {
    expect(environmentFaults(deployment, entryNames)).toEqual([]);
  });

  it("lets only services take its roles", () => {
    expect(trustFaults(deployment)).toEqual([]);
  });

  it("lets each function do what its bundle calls, and nothing else", () => {
    const calls = new Map(entryNames.map((entry) => [entry, callsOf(entry)]));
    expect(permissionFaults(deployment, calls)).toEqual([]);
  });

  it("grants no wildcard but for ids that AWS gives later", () => {
    expect(wildcardFaults(deployment)).toEqual([]);
    expect(managedPolicyFaults(deployment)).toEqual([]);
  });

  it("tells X-Ray nothing unless it is asked to", () => {
    expect(tracedFunctions(deployment)).toEqual([]);
  });

  it("routes requests and frames to the functions that verify them, and throttles both", () => {
    expect(routesOf(deployment, "HttpApi")).toEqual(HTTP_ROUTES);
    expect(routesOf(deployment, "AgentSockets")).toEqual(SOCKET_ROUTES);
    for (const { inputs } of deployment.all("apigatewayv2/stage:Stage")) {
      expect(inputs).toMatchObject({
        defaultRouteSettings: {
          throttlingRateLimit: expect.any(Number) as number,
          throttlingBurstLimit: expect.any(Number) as number,
        },
      });
    }
  });

  it("throttles joining apart, once the route is there", () => {
    const { routeSettings } = deployment.one("apigatewayv2/stage:Stage", "HttpApiStage");
    expect(routeSettings).toEqual([
      { routeKey: "POST /v1/join", throttlingRateLimit: 20, throttlingBurstLimit: 100 },
    ]);
    const gatewayStage = deployment
      .all("apigatewayv2/stage:Stage")
      .find(({ name }) => name === "HttpApiStage");
    const route = deployment
      .all("apigatewayv2/route:Route")
      .find(({ inputs }) => inputs.routeKey === "POST /v1/join");
    expect(gatewayStage?.dependsOn).toContain(`aws:apigatewayv2/route:Route::${route?.name}`);
  });

  it("encrypts secrets of access keys with a key that turns over and outlives production", () => {
    expect(deployment.one("kms/key:Key")).toMatchObject({ enableKeyRotation: true });
    const [key] = deployment.all("kms/key:Key");
    expect(key?.retained ?? false).toBe(stage === "production");
    expect(deployment.one("kms/alias:Alias")).toMatchObject({
      name: `alias/berth-${stage}-access-keys`,
      targetKeyId: "AccessKeysKey-id",
    });
  });

  it("lets the instances of one role join, by the name that they dial", () => {
    const { BERTH_INSTALLATION, BERTH_INSTANCE_ROLES } = variablesOf(deployment, "api");
    expect(BERTH_INSTALLATION).toBe("httpapiapi.execute-api.eu-central-1.amazonaws.com");
    expect(BERTH_INSTANCE_ROLES).toBe(`arn:aws:iam::123456789012:role/berth-instance-${stage}`);
  });

  it("names stages as ECS clients sign them and ECS agents dial them", () => {
    expect(deployment.one("apigatewayv2/stage:Stage", "HttpApiStage").name).toBe("$default");
    expect(deployment.one("apigatewayv2/stage:Stage", "AgentSocketsStage").name).toBe("ws");
    expect(deployment.one("apigatewayv2/api:Api", "AgentSocketsApi")).toMatchObject({
      protocolType: "WEBSOCKET",
      routeSelectionExpression: "$request.body.type",
    });
  });

  it("sweeps every minute, and leaves a failed sweep to the next", () => {
    expect(deployment.one("scheduler/schedule:Schedule")).toMatchObject({
      scheduleExpression: "rate(1 minute)",
      state: "ENABLED",
      target: { arn: arnOf("aws:lambda/function:Function", "SweepFunction") },
    });
    expect(invokeConfig(deployment, "Sweep")).toMatchObject({ maximumRetryAttempts: 0 });
  });

  it("hears what EC2 and Auto Scaling tell of machines, and loses none of it quietly", () => {
    expect(ruleFaults(deployment)).toEqual([]);
    expect(patternsOf(deployment)).toEqual({
      HostState: {
        source: ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        detail: { state: ["stopping", "shutting-down", "stopped", "terminated"] },
      },
      SpotInterruption: {
        source: ["aws.ec2"],
        "detail-type": ["EC2 Spot Instance Interruption Warning"],
      },
      ScaleIn: {
        source: ["aws.autoscaling"],
        "detail-type": ["EC2 Instance-terminate Lifecycle Action"],
      },
    });
    expect(invokeConfig(deployment, "InstanceEvents")).toMatchObject({
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 3600,
      destinationConfig: { onFailure: { destination: deadLettersArn } },
    });
  });

  it("forgets logs some day", () => {
    for (const { name, inputs } of deployment.all("cloudwatch/logGroup:LogGroup")) {
      expect([name, inputs.retentionInDays]).toEqual([name, 30]);
    }
  });

  it("raises an alarm for what does not heal by itself", () => {
    expect(alarmFaults(deployment, stage)).toEqual([]);
  });

  it("shows what it watches", () => {
    const { dashboardBody } = deployment.one("cloudwatch/dashboard:Dashboard");
    const { widgets } = JSON.parse(dashboardBody as string) as {
      widgets: readonly { properties: { metrics: readonly (readonly string[])[] } }[];
    };
    const metrics = widgets.flatMap(({ properties }) => properties.metrics);
    expect(metrics.length).toBeGreaterThan(20);
    const shown = JSON.stringify(metrics);
    expect(Object.keys(METRICS).filter((name) => !shown.includes(name))).toEqual([]);
    expect(metrics.flat()).not.toContain(undefined);
  });
});

test.each([
  ["production", { removal: "retain", protect: true }],
  ["test", { removal: "remove", protect: false }],
])("stage %s is kept as %o", async (stage, policy) => {
  expect(await readApp(stage)).toMatchObject(policy);
});

describe("the API's bundle in its environment", () => {
  const variables = variablesOf(readDeployment("production"), "api");

  it.each([
    ["GET", "/healthz", 200],
    ["POST", "/", 403],
    ["GET", "/v1/services/web/explain", 401],
    ["GET", "/openapi.json", 200],
    ["GET", "/", 404],
  ])("answers %s %s without a signature by %i", async (method, path, status) => {
    expect(await callWithoutSignature(variables, method, path)).toBe(status);
  });
});
