import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { ListClustersCommand } from "@aws-sdk/client-ecs";
import type { CreatedApiToken } from "@berth/contracts/rest/api-tokens";
import { OpenApiCheck } from "@berth/testing/open-api-check";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, CLI, eventually } from "./berth.ts";
import { registerDemo } from "./demo.ts";

const SERVICES = "/v1/clusters/default/services";
const WEB = `${SERVICES}/web`;

const executablePath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));

describe.each(["in-process", "bundles"])("REST with functions %s", (functions) => {
  let berth: Berth;
  let token: CreatedApiToken;
  let check: OpenApiCheck;
  beforeAll(async () => {
    berth = await Berth.start({ instances: 1, env: { BERTH_FUNCTIONS: functions } });
    await registerDemo(berth, "web", "1");
    const made = await cli("tokens", "create", "--principal", "tool", "--administrator");
    token = made as CreatedApiToken;
    const document = await fetch(new URL("/openapi.json", berth.endpoint.url));
    check = new OpenApiCheck((await document.json()) as Record<string, unknown>);
  });
  afterAll(async () => berth.down());

  async function cli(...args: readonly string[]): Promise<unknown> {
    const flags = ["--data-dir", berth.dataDir, "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args, ...flags]);
    return JSON.parse(stdout) as unknown;
  }

  /** A call as a tool makes it that knows no AWS, held to the document. */
  async function call(
    method: string,
    path: string,
    more: { readonly body?: string; readonly headers?: Record<string, string> } = {},
  ) {
    const headers = { authorization: `Bearer ${token.token}`, ...more.headers };
    const url = new URL(path, berth.endpoint.url);
    const answer = await fetch(url, { ...more, method, headers });
    const body = await answer.text();
    const answered = {
      statusCode: answer.status,
      headers: { "content-type": answer.headers.get("content-type") ?? "" },
      body,
    };
    expect(check.faults(method.toLowerCase(), url.pathname, answered)).toEqual([]);
    const members = (body === "" ? {} : JSON.parse(body)) as Record<string, unknown>;
    return { status: answer.status, etag: answer.headers.get("etag") ?? "", members };
  }

  const body = (value: object) => ({ body: JSON.stringify(value) });

  test("a service is created, followed by its events, changed by who has seen it, and deleted", async () => {
    const gone = new AbortController();
    const stream = await fetch(new URL("/v1/events?cluster=default", berth.endpoint.url), {
      headers: { authorization: `Bearer ${token.token}`, accept: "text/event-stream" },
      signal: gone.signal,
    });
    expect(stream.status).toBe(200);
    const running = readUntil(stream, '"lastStatus":"RUNNING"');

    const service = { serviceName: "web", taskDefinition: "web", desiredCount: 1 };
    const valid = await call("POST", `${SERVICES}?validateOnly=true`, body(service));
    expect(valid.members).toEqual({ valid: true });
    const created = await call("POST", SERVICES, {
      ...body(service),
      headers: { "idempotency-key": "first" },
    });
    expect(created.status).toBe(201);
    expect(await running).toContain("event: ECS Task State Change");
    gone.abort();

    await eventually("the service is steady", async () => {
      const { members } = await call("GET", WEB);
      const { deployments } = members["service"] as { deployments: { rolloutState: string }[] };
      return deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED";
    });
    const { etag } = await call("GET", WEB);
    const scale = (desiredCount: number) =>
      call("PATCH", WEB, { ...body({ desiredCount }), headers: { "if-match": etag } });
    expect((await scale(2)).status).toBe(200);
    expect((await scale(3)).status).toBe(412);

    await eventually("its steadiness is told", async () => {
      const { members } = await call("GET", "/v1/events?detailType=ECS%20Service%20Action");
      return JSON.stringify(members).includes("SERVICE_STEADY_STATE");
    });
    expect((await call("DELETE", `${WEB}?force=true`)).status).toBe(200);
  });

  test("a token opens /v1 and nothing else, until it is revoked", async () => {
    const signed = await berth.ecs.send(new ListClustersCommand({}));
    expect((await call("GET", "/v1/clusters")).members["clusterArns"]).toEqual(signed.clusterArns);
    const ecs = await fetch(berth.endpoint.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token.token}`,
        "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
      },
      body: "{}",
    });
    expect(ecs.status).toBe(403);
    expect(await cli("tokens", "list")).toMatchObject([{ tokenId: token.tokenId }]);
    const other = await cli("tokens", "create", "--principal", "other", "--administrator");
    const { tokenId, token: text } = other as CreatedApiToken;
    await cli("tokens", "revoke", tokenId);
    const headers = { authorization: `Bearer ${text}` };
    expect((await call("GET", "/v1/clusters", { headers })).status).toBe(401);
  });

  test.skipIf(executablePath === undefined)("the reference is read in a browser", async () => {
    const chromiumSandbox = process.getuid?.() !== 0;
    const browser = await chromium.launch({
      executablePath: executablePath ?? "",
      chromiumSandbox,
    });
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (said) => faults.push(said.text()));
    page.on("request", (request) => {
      const { origin, pathname } = new URL(request.url());
      const own =
        origin === new URL(berth.endpoint.url).origin || request.url().startsWith("data:");
      if (!own) faults.push(request.url());
      if (pathname === "/favicon.ico") faults.push(pathname);
    });
    await page.goto(new URL("/reference", berth.endpoint.url).href);
    await page.getByText("Create a cluster", { exact: true }).waitFor();
    expect(await page.getByText("/v1/clusters", { exact: false }).count()).toBeGreaterThan(10);
    expect(faults).toEqual([]);
    await browser.close();
  });
});

/** What a stream has said by the time it says this. */
async function readUntil(stream: Response, text: string): Promise<string> {
  let said = "";
  const decoder = new TextDecoder();
  for await (const piece of stream.body ?? []) {
    said += decoder.decode(piece as Uint8Array, { stream: true });
    if (said.includes(text)) return said;
  }
  throw new Error(`The stream ended after ${said}`);
}
