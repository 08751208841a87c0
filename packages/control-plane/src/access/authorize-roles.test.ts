import { permissionsOf } from "@berth/domain/access/permissions";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { authorizeOperation } from "./authorize-operation.ts";

const ROLES = "arn:aws:iam::123456789012:role";

/** Whose policy lets him use ECS, and pass the roles below this path. */
async function caller(path: string | undefined) {
  const plane = aControlPlane();
  await setUpCluster(plane, {
    definitions: [
      aTaskDefinition({ family: "app", taskRoleArn: `${ROLES}/web/app` }),
      aTaskDefinition({ family: "plain" }),
    ],
  });
  const statements = [
    { Effect: "Allow", Action: "ecs:*", Resource: "*" },
    ...(path === undefined
      ? []
      : [{ Effect: "Allow", Action: "iam:PassRole", Resource: `${ROLES}/${path}` }]),
  ];
  const document = JSON.stringify({ Statement: statements });
  return { ...plane, permissions: permissionsOf({ kind: "policy", document }) };
}

const definition = { family: "f", containerDefinitions: [] };

test.each([
  ["RegisterTaskDefinition", { ...definition, taskRoleArn: `${ROLES}/web/app` }, "web/app"],
  ["RegisterTaskDefinition", { ...definition, executionRoleArn: "execution" }, "execution"],
  ["RunTask", { taskDefinition: "app" }, "web/app"],
  ["StartTask", { taskDefinition: "app:1", containerInstances: [] }, "web/app"],
  ["RunTask", { taskDefinition: "plain", overrides: { taskRoleArn: `${ROLES}/admin` } }, "admin"],
  [
    "RunTask",
    { taskDefinition: "app", overrides: { executionRoleArn: `${ROLES}/admin` } },
    "web/app",
  ],
] as const)("%s of %j takes iam:PassRole on %s", async (operation, request, role) => {
  const call = async (path?: string) =>
    authorizeOperation(await caller(path), operation, request as never);
  await expect(call()).rejects.toMatchObject({
    code: "AccessDeniedException",
    message: expect.stringContaining(`iam:PassRole on resource: ${ROLES}/${role} because`),
  });
  await expect(call("other/*")).rejects.toMatchObject({ code: "AccessDeniedException" });
  await expect(call("*")).resolves.toBeUndefined();
});

test("an overriding role takes the place of the definition's", async () => {
  const request = { taskDefinition: "app", overrides: { taskRoleArn: `${ROLES}/mine` } };
  await expect(
    authorizeOperation(await caller("mine"), "RunTask", request),
  ).resolves.toBeUndefined();
});

test("without roles nothing more is asked", async () => {
  const plain = await caller(undefined);
  const asked = [
    authorizeOperation(plain, "RunTask", { taskDefinition: "plain" }),
    authorizeOperation(plain, "RegisterTaskDefinition", definition),
  ];
  await expect(Promise.all(asked)).resolves.toHaveLength(2);
});
