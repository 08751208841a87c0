import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createStsClient } from "./clients.ts";
import { createRoleKeys } from "./role-keys.ts";

const ROLE = "arn:aws:iam::123456789012:role/berth-test/app";

/** STS's query API: what it was asked, and what it answers. */
let server: Server;
let asked: Readonly<Record<string, string>>[];
let refusal: { readonly status: number; readonly code: string } | undefined;
let failures: string[];

beforeEach(async () => {
  [asked, failures, refusal] = [[], [], undefined];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(Object.fromEntries(new URLSearchParams(body)));
      response.writeHead(refusal?.status ?? 200, { "content-type": "text/xml" });
      response.end(refusal ? refused(refusal.code) : ANSWER);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ANSWER = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
  <Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s/e+c</SecretAccessKey>
  <SessionToken>token</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>
  </AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>`;

const refused = (code: string) =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>` +
  `<Message>no</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`;

const assume = (durationMs = 3_600_000) =>
  createRoleKeys({
    client: createStsClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIA", secretAccessKey: "x" },
      maxAttempts: 1,
    }),
    now: () => 0,
    onFailure: (roleArn, error) => failures.push(`${roleArn} ${(error as Error).name}`),
  }).assume({ roleArn: ROLE, sessionName: "task-1", durationMs });

test("takes the role in the name of the task", async () => {
  expect(await assume()).toEqual({
    accessKeyId: "ASIA1",
    secretAccessKey: "s/e+c",
    sessionToken: "token",
    expiresAt: Date.parse("2030-01-01T00:00:00Z"),
  });
  expect(asked).toEqual([
    expect.objectContaining({
      Action: "AssumeRole",
      RoleArn: ROLE,
      RoleSessionName: "task-1",
      DurationSeconds: "3600",
    }),
  ]);
});

test.each([
  [1_800_000, "1800"],
  [86_400_000, "3600"],
])("asks for no other time than STS gives: of %i ms for %s s", async (durationMs, seconds) => {
  await assume(durationMs);
  expect(asked[0]?.["DurationSeconds"]).toBe(seconds);
});

test.each([
  [403, "AccessDenied", "refused"],
  [400, "ValidationError", "refused"],
  [400, "Throttling", "unknown"],
  [403, "ExpiredToken", "unknown"],
  [500, "InternalFailure", "unknown"],
])("of %i %s it is said that it is %s, and why is told", async (status, code, outcome) => {
  refusal = { status, code };
  expect(await assume()).toBe(outcome);
  expect(failures).toEqual([`${ROLE} ${code}`]);
});
