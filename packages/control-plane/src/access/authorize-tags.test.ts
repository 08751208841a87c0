import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { Grant } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { aControlPlane } from "@berth/testing/control-plane";
import { expect, test } from "vitest";
import { putAccountSettingDefault } from "../commands/put-account-setting.ts";
import { authorizeOperation } from "./authorize-operation.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const tags = [{ key: "team", value: "a" }];
const cluster = "prod";

const allowing = (...Action: readonly string[]): Grant => ({
  kind: "policy",
  document: JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] }),
});

const contextOf = (grant: Grant, plane = aControlPlane()) => ({
  ...plane,
  permissions: permissionsOf(grant),
});

type Call = {
  [Name in EcsOperationName]: readonly [Name, EcsRequest<Name>, string];
}[EcsOperationName];

const CALLS: readonly Call[] = [
  ["CreateCluster", { clusterName: cluster, tags }, "cluster/prod"],
  [
    "CreateService",
    { cluster, serviceName: "web", taskDefinition: "web:1", desiredCount: 1, tags },
    "service/prod/web",
  ],
  [
    "CreateTaskSet",
    { cluster, service: "web", taskDefinition: "web:1", tags },
    "task-set/prod/web/*",
  ],
  ["RegisterContainerInstance", { cluster, tags }, "container-instance/prod/*"],
  [
    "RegisterTaskDefinition",
    { family: "web", containerDefinitions: [], tags },
    "task-definition/web:*",
  ],
  ["RunTask", { cluster, taskDefinition: "web:1", tags }, "task/prod/*"],
  ["StartTask", { cluster, taskDefinition: "web:1", containerInstances: [], tags }, "task/prod/*"],
];

const cases = CALLS.map(([operation, request, tail]) => ({ operation, request, tail }));

test.each(cases)("$operation with tags asks for ecs:TagResource on $tail", async (call) => {
  const { operation, tail } = call;
  const request = call.request as never;
  const making = allowing(`ecs:${operation}`);
  await expect(authorizeOperation(contextOf(making), operation, request)).rejects.toThrow(
    `is not authorized to perform: ecs:TagResource on resource: ${ARN}:${tail} because`,
  );
  const both = allowing(`ecs:${operation}`, "ecs:TagResource");
  await expect(authorizeOperation(contextOf(both), operation, request)).resolves.toBeUndefined();
  const { tags: _, ...untagged } = call.request as { readonly tags?: unknown };
  for (const without of [untagged, { ...untagged, tags: [] }]) {
    const asked = authorizeOperation(contextOf(making), operation, without as never);
    await expect(asked).resolves.toBeUndefined();
  }
});

test("a Deny on one cluster holds for the tags of what is made in it", async () => {
  const inProd = { ArnEquals: { "ecs:cluster": `${ARN}:cluster/prod` } };
  const context = contextOf({
    kind: "policy",
    document: JSON.stringify({
      Statement: [
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: "ecs:TagResource", Resource: "*", Condition: inProd },
      ],
    }),
  });
  const run = (name: string) =>
    authorizeOperation(context, "RunTask", { cluster: name, taskDefinition: "web:1", tags });
  await expect(run("prod")).rejects.toThrow("ecs:TagResource");
  await expect(run("test")).resolves.toBeUndefined();
});

test("it is not asked for where the account setting is off", async () => {
  const plane = aControlPlane();
  await putAccountSettingDefault(plane, { name: "tagResourceAuthorization", value: "off" });
  const context = contextOf(allowing("ecs:CreateCluster"), plane);
  const asked = authorizeOperation(context, "CreateCluster", { clusterName: cluster, tags });
  await expect(asked).resolves.toBeUndefined();
});

test("an agent registers its instance with tags", async () => {
  const context = contextOf({ kind: "agent" });
  const asked = authorizeOperation(context, "RegisterContainerInstance", { cluster, tags });
  await expect(asked).resolves.toBeUndefined();
});
