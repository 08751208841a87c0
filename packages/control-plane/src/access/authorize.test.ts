import { permissionsOf } from "@berth/domain/access/permissions";
import type { Grant } from "@berth/domain/access/access-key";
import { expect, test } from "vitest";
import { checkAccess } from "./authorize.ts";

const scope = { region: "eu-central-1", account: "123456789012" };
const principalArn = "arn:aws:iam::123456789012:user/ci";
const PROD = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";

const policy = (...Statement: readonly object[]): Grant => ({
  kind: "policy",
  document: JSON.stringify({ Statement }),
});

const ask = (grant: Grant, access: Parameters<typeof checkAccess>[1]) => () =>
  checkAccess({ scope, principalArn, permissions: permissionsOf(grant) }, access);

const WEB = "arn:aws:ecs:eu-central-1:123456789012:service/prod/web";
const UPDATE = { action: "ecs:UpdateService", resources: [WEB], cluster: "prod" };
const all = { Effect: "Allow", Action: "*", Resource: "*" };

test("a refusal is in AWS's words", () => {
  const run = { Effect: "Allow", Action: "ecs:RunTask", Resource: "*" };
  expect(ask(policy(run), UPDATE)).toThrow(
    `User: ${principalArn} is not authorized to perform: ecs:UpdateService on resource: ${WEB} because no identity-based policy allows the ecs:UpdateService action`,
  );
  const deny = { Effect: "Deny", Action: "ecs:Update*", Resource: WEB };
  expect(ask(policy(all, deny), UPDATE)).toThrow(
    `User: ${principalArn} is not authorized to perform: ecs:UpdateService on resource: ${WEB} with an explicit deny in an identity-based policy`,
  );
});

test("every resource must be allowed, and the first that is not is named", () => {
  const only = { Effect: "Allow", Action: "*", Resource: WEB };
  expect(ask(policy(only), UPDATE)).not.toThrow();
  const api = WEB.replace("web", "api");
  expect(ask(policy(only), { ...UPDATE, resources: [WEB, api] })).toThrow(`on resource: ${api}`);
});

test("more resources than any operation takes are held against no policy", () => {
  const many = (length: number) => ({
    ...UPDATE,
    resources: Array.from({ length }, (_, index) => `${WEB}-${index}`),
  });
  expect(ask(policy(all), many(100))).not.toThrow();
  expect(ask(policy(all), many(101))).toThrow("A request can name at most 100 resources.");
});

test("a Deny on one task set holds where it is named, and one on all where none is", () => {
  const set = WEB.replace("service/prod/web", "task-set/prod/web/ecs-svc/1");
  const every = WEB.replace("service/prod/web", "task-set/prod/web/*");
  const describe = (denied: string, asked: string) =>
    ask(policy(all, { ...all, Effect: "Deny", Resource: denied }), {
      action: "ecs:DescribeTaskSets",
      resources: [asked],
      cluster: "prod",
    });
  expect(describe(set, set)).toThrow("explicit deny");
  expect(describe(set, every)).not.toThrow();
  expect(describe(every, every)).toThrow("explicit deny");
  expect(describe(every, set)).toThrow("explicit deny");
});

test("what is done to nothing in particular is done to everything", () => {
  const list = { action: "ecs:ListClusters", resources: [] };
  expect(ask(policy({ ...all, Resource: WEB }), list)).toThrow("on resource: * because");
  expect(ask(policy(all), list)).not.toThrow();
});

test("a condition is about the cluster that the call is about", () => {
  const inProd = { ...all, Condition: { ArnEquals: { "ecs:cluster": PROD } } };
  expect(ask(policy(inProd), UPDATE)).not.toThrow();
  expect(ask(policy(inProd), { ...UPDATE, cluster: "test" })).toThrow("not authorized");
});

test("a condition is about each cluster where ARNs name several", () => {
  const arns = ["prod", "test"].map((cluster) =>
    PROD.replace("cluster/prod", `service-deployment/${cluster}/web/1`),
  );
  const deny = { ...all, Effect: "Deny", Condition: { ArnEquals: { "ecs:cluster": PROD } } };
  const describe = (resources: readonly string[]) =>
    ask(policy(all, deny), { action: "ecs:DescribeServiceDeployments", resources });
  expect(describe(arns.slice(1))).not.toThrow();
  expect(describe(arns.toReversed())).toThrow("explicit deny");
});

test.each([
  ["ecs:RegisterContainerInstance", PROD, true],
  ["ecs:SubmitTaskStateChange", PROD, true],
  ["ecs:DiscoverPollEndpoint", "*", true],
  ["ecs:Poll", "arn:aws:ecs:eu-central-1:123456789012:container-instance/prod/1", true],
  ["ecs:CreateCluster", PROD.replace("prod", "default"), true],
  ["ecs:CreateCluster", PROD, false],
  ["ecs:CreateService", WEB, false],
  ["ecs:RunTask", "*", false],
  ["ecs:DescribeTasks", "*", false],
  ["ecs:DeregisterContainerInstance", PROD, false],
  ["berth:CreateAccessKey", "*", false],
])("an agent may %s on %s: %s", (action, resource, allowed) => {
  const question = ask({ kind: "agent" }, { action, resources: [resource] });
  expect(isLetThrough(question)).toBe(allowed);
});

function isLetThrough(question: () => void): boolean {
  try {
    question();
    return true;
  } catch {
    return false;
  }
}
