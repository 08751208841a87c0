import { aService } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { expect, test } from "vitest";
import { listServicesByNamespace } from "./list-services-by-namespace.ts";

test.each([
  "internal",
  "internal.example.com",
  "arn:aws:servicediscovery:eu-central-1:123456789012:namespace/ns-1234567890abcdef",
])("no service is in the namespace %s", async (namespace) => {
  const plane = aControlPlane();
  await plane.store.services.create(aService());
  expect(await listServicesByNamespace(plane, { namespace })).toEqual({ serviceArns: [] });
});

const NO_NAMESPACE = "namespace must be the name or the ARN of a Cloud Map namespace.";

test.each([
  { request: { namespace: "" }, message: NO_NAMESPACE },
  { request: { namespace: "a b" }, message: NO_NAMESPACE },
  {
    request: { namespace: "arn:aws:ecs:eu-central-1:123456789012:cluster/a" },
    message: NO_NAMESPACE,
  },
  {
    request: { namespace: "a".repeat(1025) },
    message: "namespace must have at most 1024 characters.",
  },
  { request: { namespace: "a", maxResults: 0 }, message: "maxResults must be between 1 and 100." },
  { request: { namespace: "a", nextToken: "mine" }, message: "Invalid nextToken." },
])("refuses $request", async ({ request, message }) => {
  await expect(listServicesByNamespace(aControlPlane(), request)).rejects.toMatchObject({
    code: "InvalidParameterException",
    message,
  });
});
