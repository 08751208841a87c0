import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createCallerIdentities } from "./caller-identity.ts";

const ARN = "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0";
const ANSWER = JSON.stringify({
  GetCallerIdentityResponse: {
    GetCallerIdentityResult: { Account: "111122223333", Arn: ARN, UserId: "AROA:i" },
    ResponseMetadata: { RequestId: "1" },
  },
});

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function sts(handle: RequestListener): Promise<string> {
  server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/?Action=GetCallerIdentity`;
}

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  sts((_, response) => void response.writeHead(status, headers).end(body));

const identify = (url: string) => createCallerIdentities().identify({ url }, "berth.test");

it("asks in the name of this installation, and reads who it is", async () => {
  const seen: unknown[] = [];
  const url = await sts(({ method, headers }, response) => {
    seen.push(method, headers["x-berth-installation"], headers.accept, headers.authorization);
    response.end(ANSWER);
  });
  expect(await identify(url)).toEqual({ arn: ARN });
  expect(seen).toEqual(["GET", "berth.test", "application/json", undefined]);
});

describe("is told no", () => {
  it.each([400, 403])("by STS, with %i", async (status) => {
    const url = await answering(status, '{"Error":{"Code":"SignatureDoesNotMatch"}}');
    expect(await identify(url)).toBe("refused");
  });

  it("for now, where STS throttles", async () => {
    const url = await answering(400, '{"Error":{"Code":"Throttling"}}');
    await expect(identify(url)).rejects.toMatchObject({ code: "ThrottlingException" });
  });
});

describe("believes nothing else", () => {
  it.each([
    [500, ANSWER, "STS answered 500."],
    [200, "<xml/>", "not valid JSON"],
    [200, "{}", "GetCallerIdentityResponse"],
    [200, " ".repeat(17 * 1024), "STS's answer is too long."],
  ])("%i %s", async (status, body, message) => {
    await expect(identify(await answering(status, body))).rejects.toThrow(message);
  });

  it("and follows nobody elsewhere", async () => {
    const url = await answering(302, "", { location: "http://127.0.0.1:9/" });
    await expect(identify(url)).rejects.toThrow("fetch failed");
  });
});

it("asks so many questions at once, and then no more", async () => {
  const waiting: (() => void)[] = [];
  const url = await sts((_, response) => void waiting.push(() => response.end(ANSWER)));
  const identities = createCallerIdentities();
  const ask = () => identities.identify({ url }, "berth.test");
  const asked = Array.from({ length: 20 }, ask);
  await expect(ask()).rejects.toMatchObject({ code: "ThrottlingException" });
  while (waiting.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const answer of waiting) answer();
  expect(await Promise.all(asked)).toHaveLength(20);
});
