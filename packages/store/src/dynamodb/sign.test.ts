import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createSigner, type Credentials, type Signable } from "./sign.ts";

const REGION = "eu-west-1";

const secret = fc.stringMatching(/^[A-Za-z0-9/+]{1,40}$/);
const credentials: fc.Arbitrary<Credentials> = fc.oneof(
  fc.record({ accessKeyId: secret, secretAccessKey: secret }),
  fc.record({ accessKeyId: secret, secretAccessKey: secret, sessionToken: secret }),
);
const request: fc.Arbitrary<Signable> = fc.record({
  host: fc.constantFrom("dynamodb.eu-west-1.amazonaws.com", "127.0.0.1:4567"),
  headers: fc.record({
    "content-type": fc.constant("application/x-amz-json-1.0"),
    "x-amz-target": fc.constantFrom("DynamoDB_20120810.GetItem", "DynamoDB_20120810.Query"),
  }),
  body: fc.string({ unit: "grapheme" }),
});
/** Few days, so that a kept key is met again, by other secrets too. */
const moment = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 86_399_999 }))
  .map(([day, ms]) => new Date(Date.UTC(2026, 0, day) + ms));

test("signs as the SDK's own signer does", async () => {
  const sign = createSigner(REGION);
  const signing = fc.asyncProperty(request, credentials, moment, async (request, who, now) => {
    const signed = sign(request, who, now);
    expect(signed["authorization"]).toBe(await signedBySdk(request, who, now));
    expect(signed["x-amz-security-token"]).toBe(who.sessionToken);
  });
  await fc.assert(signing, { numRuns: 100 });
});

async function signedBySdk(
  { host, headers, body }: Signable,
  credentials: Credentials,
  signingDate: Date,
): Promise<string | undefined> {
  const signer = new SignatureV4({
    service: "dynamodb",
    region: REGION,
    credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const request = new HttpRequest({
    method: "POST",
    hostname: host,
    path: "/",
    headers: { ...headers, host },
    body,
  });
  return (await signer.sign(request, { signingDate })).headers["authorization"];
}
