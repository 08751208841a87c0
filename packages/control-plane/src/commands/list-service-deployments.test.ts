import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import {
  ARN,
  aServiceHistory,
  deploymentArn,
  past,
  revisionArn,
  underWay,
} from "@berth/testing/service-history";
import { describe, expect, test } from "vitest";
import { listServiceDeployments } from "./list-service-deployments.ts";

type Request = EcsRequest<"ListServiceDeployments">;

async function aListedHistory(given?: Parameters<typeof aServiceHistory>[0]) {
  const { controlPlane } = await aServiceHistory(given);
  return {
    list: (request: Partial<Request> = {}) =>
      listServiceDeployments(controlPlane, { service: "web", ...request }),
  };
}

describe("ListServiceDeployments", () => {
  const ids = (answer: Awaited<ReturnType<typeof listServiceDeployments>>) =>
    answer.serviceDeployments?.map(({ serviceDeploymentArn = "" }) =>
      serviceDeploymentArn.slice(serviceDeploymentArn.lastIndexOf("/") + 1),
    );

  test("has those under way and those written, newest first, each once", async () => {
    const { list } = await aListedHistory({
      records: [underWay("a"), past("c")],
      past: [past("b"), past("c"), past("d"), past("of an earlier service", { createdAt: 4 })],
    });
    const answer = await list();
    expect(ids(answer)).toEqual(["a", "b", "c", "d"]);
    expect(answer).not.toHaveProperty("nextToken");
    expect(answer.serviceDeployments?.[0]).toEqual({
      serviceDeploymentArn: deploymentArn("a"),
      serviceArn: `${ARN}:service/default/web`,
      clusterArn: `${ARN}:cluster/default`,
      targetServiceRevisionArn: revisionArn(2),
      status: "IN_PROGRESS",
      createdAt: new Date(7),
      startedAt: new Date(0),
    });
  });

  test.each([1, 2, 3, 20])("goes on where a page of %i ended", async (maxResults) => {
    const { list } = await aListedHistory({
      records: [underWay("a"), underWay("d")],
      past: ["b", "c", "e", "f"].map((id) => past(id)),
    });
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const answer = await list({ maxResults, ...(nextToken !== undefined && { nextToken }) });
      expect(answer.serviceDeployments?.length).toBeLessThanOrEqual(maxResults);
      seen.push(...(ids(answer) ?? []));
      ({ nextToken } = answer);
    } while (nextToken !== undefined);
    expect(seen).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test.each<{ request: Partial<Request>; expected: string[] }>([
    { request: { status: ["IN_PROGRESS"] }, expected: ["a"] },
    { request: { status: ["SUCCESSFUL", "STOPPED"] }, expected: ["b", "c"] },
    { request: { createdAt: { after: new Date(6) } }, expected: ["a", "b"] },
    { request: { createdAt: { before: new Date(7) } }, expected: ["b", "c"] },
  ])("filters by $request", async ({ request, expected }) => {
    const { list } = await aListedHistory({
      records: [underWay("a")],
      past: [past("b", { createdAt: 6.5 }), past("c")],
    });
    expect(ids(await list(request))).toEqual(expected);
  });

  test("refuses a service that is not there", async () => {
    const { list } = await aListedHistory();
    await expect(list({ service: "absent" })).rejects.toMatchObject({
      code: "ServiceNotFoundException",
    });
    await expect(list({ maxResults: 101 })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });
});
