import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { anEc2Instance, startMetadataStandIn, startStsStandIn } from "@berth/testing/ec2-stand-ins";
import type { StandIn, StsStandIn } from "@berth/testing/ec2-stand-ins";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readConfig } from "../config.ts";
import { lineLog } from "../log.ts";
import { connectApi } from "./api.ts";
import { signedIdentityUrl } from "./ec2-identity.ts";
import { joinedCredentials } from "./join.ts";

const HOUR = 3_600_000;
const instance = anEc2Instance();
const region = "eu-central-1";

let now: number;
let lines: string[];
/** What the control plane answers, in turn; then keys for six hours. */
let answers: { readonly status: number; readonly body: string }[];
let asked: { readonly method?: string; readonly url?: string; readonly body: unknown }[];
let server: Server;
let endpoint: string;
beforeEach(async () => {
  now = Date.now();
  [lines, answers, asked] = [[], [], []];
  server = createServer(async (request, response) => {
    const { method = "", url = "" } = request;
    asked.push({ method, url, body: await json(request) });
    const expiresAt = new Date(now + 6 * HOUR).toISOString();
    const key = { accessKeyId: `ASIA${asked.length}`, secretAccessKey: "joined", expiresAt };
    const { status, body } = answers.shift() ?? { status: 200, body: JSON.stringify(key) };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const joining = () =>
  joinedCredentials({
    endpoint,
    region,
    stsEndpoint: "https://sts.test",
    credentials: async () => instance,
    log: lineLog("info", (line) => void lines.push(line)),
    now: () => now,
  });

test("the agent joins with a signature that names the control plane it talks to", async () => {
  expect(await joining()()).toMatchObject({ accessKeyId: "ASIA1", secretAccessKey: "joined" });
  const { method, url, body } = asked[0] ?? {};
  expect([method, url]).toEqual(["POST", "/v1/join"]);
  const question = new URL((body as { url: string }).url);
  expect(question.host).toBe("sts.test");
  expect(question.searchParams.get("X-Amz-SignedHeaders")).toBe("host;x-berth-installation");
  expect(lines.join("\n")).not.toMatch(/joined"|the-instances-secret|Signature/);
});

describe("the key", () => {
  test("is used until half of its time is over, and then renewed", async () => {
    const credentials = joining();
    expect((await credentials()).expiration).toEqual(new Date(now + 3 * HOUR));
    now += 3 * HOUR - 1;
    expect(await credentials()).toMatchObject({ accessKeyId: "ASIA1" });
    now += 1;
    expect(await credentials()).toMatchObject({ accessKeyId: "ASIA2" });
    expect(asked).toHaveLength(2);
  });

  test("that cannot be renewed is used to its end, and a renewal tried each minute", async () => {
    const credentials = joining();
    await credentials();
    now += 4 * HOUR;
    answers = [{ status: 503, body: "" }];
    expect(await credentials()).toMatchObject({ accessKeyId: "ASIA1" });
    await credentials();
    expect(asked).toHaveLength(2);
    expect(lines.join("\n")).toContain("key-not-renewed");
    now += 60_000;
    expect(await credentials()).toMatchObject({ accessKeyId: "ASIA3" });
  });

  test("is not used beyond it", async () => {
    const credentials = joining();
    await credentials();
    now += 6 * HOUR;
    answers = [{ status: 503, body: "" }];
    await expect(credentials()).rejects.toMatchObject({ name: "ServerException" });
  });
});

test.each([
  [
    400,
    '{"title":"AccessDeniedException","detail":"The role may not join."}',
    "AccessDeniedException",
    "joining was refused: The role may not join.",
  ],
  [429, '{"message":"Too Many Requests"}', "ThrottlingException", "joining was refused"],
  [502, "<html>", "ServerException", "joining was refused: <html>"],
  [404, "", "Http404", "joining was refused"],
])("a refusal %i %s is told as %s", async (status, body, name, message) => {
  answers = [{ status, body }];
  const error = await joining()().catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ name, message: expect.stringContaining(message) as string });
});

describe("with AWS beside it", () => {
  let sts: StsStandIn;
  let metadata: StandIn;
  beforeEach(async () => {
    sts = await startStsStandIn([instance]);
    metadata = await startMetadataStandIn(instance);
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.endpoint);
  });
  afterEach(() => {
    sts.close();
    metadata.close();
    vi.unstubAllEnvs();
  });

  const ask = (url: string, installation: string) =>
    fetch(url, { headers: { "x-berth-installation": installation } });

  test("STS knows whose the signature is, for the installation that it names and no other", async () => {
    const credentials = async () => instance;
    const question = { region, stsEndpoint: sts.endpoint, credentials };
    const url = await signedIdentityUrl({ ...question, installation: "berth.example.com" });
    expect((await ask(url, "berth.example.com")).status).toBe(200);
    expect((await ask(url, "mallory.example.com")).status).toBe(403);
    expect(
      (await ask(url.replace("GetCallerIdentity", "AssumeRole"), "berth.example.com")).status,
    ).toBe(403);
  });

  test("the API client signs with the key that its role's credentials have brought", async () => {
    const config = readConfig(
      {
        AWS_DEFAULT_REGION: region,
        ECS_BACKEND_HOST: endpoint,
        BERTH_JOIN: "ec2-identity",
        AWS_ENDPOINT_URL_STS: sts.endpoint,
      },
      {},
    );
    const api = connectApi(
      config,
      lineLog("none", () => undefined),
    );
    expect(await api.config.credentials()).toMatchObject({ accessKeyId: "ASIA1" });
    const { url } = (asked[0]?.body ?? {}) as { url: string };
    expect((await ask(url, new URL(endpoint).host)).status).toBe(200);
    api.destroy();
  });
});
