import { ListClustersCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth } from "./berth.ts";
import { sign } from "./signed-fetch.ts";
import type { SignedRequest } from "./signed-fetch.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({ instances: 1 });
});
afterAll(async () => berth.down());

const createCluster = (members: Partial<SignedRequest> = {}): SignedRequest => ({
  method: "POST",
  path: "/",
  headers: {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateCluster",
  },
  body: JSON.stringify({ clusterName: "intruder" }),
  ...members,
});

type Prepared = Awaited<ReturnType<typeof sign>>;

async function send({ url, ...init }: Prepared) {
  const response = await fetch(url, { ...init, body: init.body ?? null });
  const body = (await response.json()) as { readonly __type?: string; readonly message?: string };
  return { status: response.status, headers: response.headers, ...body };
}

const MINUTE_MS = 60_000;
const withoutSignature = (request: Prepared): Prepared => {
  const { authorization: _, ...headers } = request.headers;
  return { ...request, headers };
};

describe("over the wire, refused and nothing written", () => {
  test.each([
    {
      name: "an unsigned request",
      prepare: async () => withoutSignature(await sign(berth, createCluster())),
      expected: "MissingAuthenticationTokenException",
    },
    {
      name: "a body changed after signing",
      prepare: async () => ({
        ...(await sign(berth, createCluster())),
        body: JSON.stringify({ clusterName: "tampered" }),
      }),
      expected: "InvalidSignatureException",
    },
    {
      name: "a request signed six minutes ago",
      prepare: async () =>
        sign(berth, createCluster({ signedAt: new Date(Date.now() - 6 * MINUTE_MS) })),
      expected: "InvalidSignatureException",
    },
    {
      name: "a request from the future",
      prepare: async () =>
        sign(berth, createCluster({ signedAt: new Date(Date.now() + 6 * MINUTE_MS) })),
      expected: "InvalidSignatureException",
    },
    {
      name: "malformed JSON",
      prepare: async () => sign(berth, createCluster({ body: "{" })),
      expected: "SerializationException",
    },
    {
      name: "an operation that does not exist",
      prepare: async () =>
        sign(
          berth,
          createCluster({
            headers: { "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateHarbour" },
          }),
        ),
      expected: "UnknownOperationException",
    },
  ])("$name", async ({ prepare, expected }) => {
    const answer = await send(await prepare());
    expect(answer.__type).toBe(expected);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get("x-amzn-requestid")).toMatch(/\S/);
    expect(await clusterNames()).toEqual(["default"]);
  });

  test("a body above six megabytes", async () => {
    const body = JSON.stringify({ clusterName: "x".repeat(6 * 1024 * 1024) });
    const answer = await send(await sign(berth, createCluster({ body })));
    expect([answer.status, answer.__type]).toEqual([413, "RequestEntityTooLargeException"]);
    expect(await clusterNames()).toEqual(["default"]);
  });

  test("the same signed request twice writes once", async () => {
    const request = await sign(
      berth,
      createCluster({
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
        },
        body: JSON.stringify({
          family: "replayed",
          containerDefinitions: [{ name: "a", image: "a", memory: 8 }],
        }),
      }),
    );
    const first = await send(request);
    const second = await send(request);
    expect(first.status).toBe(200);
    const revisionOf = (answer: unknown) =>
      (answer as { taskDefinition?: { revision?: number } }).taskDefinition?.revision;
    expect(second.status === 200 ? revisionOf(second) : 1).toBe(1);
    expect(second.status).toBeLessThan(500);
  });

  test("any address but loopback", async () => {
    const { networkInterfaces } = await import("node:os");
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each && !each.internal && each.family === "IPv4");
    if (!outside) return console.warn("SKIPPED: this machine has no address but loopback");
    const { port } = new URL(berth.endpoint.url);
    await expect(fetch(`http://${outside.address}:${port}/healthz`)).rejects.toThrow(
      "fetch failed",
    );
  });
});

async function clusterNames(): Promise<readonly string[]> {
  const { clusterArns = [] } = await berth.ecs.send(new ListClustersCommand({}));
  return clusterArns.map((arn) => arn.slice(arn.lastIndexOf("/") + 1));
}
