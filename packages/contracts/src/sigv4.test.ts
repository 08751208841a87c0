import { createHash } from "node:crypto";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import type { SignedRequest } from "./canonical-request.ts";
import { verifySignature } from "./sigv4.ts";
import type { VerifyOptions } from "./sigv4.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const MINUTE = 60_000;
const SECRETS = new Map([
  ["AKIAROOT", "root-secret"],
  ["AKIAOTHER", "other-secret"],
]);

const verify = (request: SignedRequest, options: Partial<VerifyOptions> = {}) =>
  verifySignature(request, {
    findAccessKey: (id) => {
      const secretAccessKey = SECRETS.get(id);
      const principalArn = `arn:aws:iam::000000000000:user/${id}`;
      return secretAccessKey === undefined ? undefined : { secretAccessKey, principalArn };
    },
    now: NOW,
    ...options,
  });

interface ToSign {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly signedAt: number;
  readonly service: string;
}

const CALL: ToSign = {
  method: "POST",
  path: "/",
  query: {},
  headers: {
    host: "127.0.0.1:4566",
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
  },
  body: "{}",
  accessKeyId: "AKIAROOT",
  secretAccessKey: "root-secret",
  signedAt: NOW,
  service: "ecs",
};

/** What AWS's own signer makes of a request, as it would be on the wire. */
async function sign(changes: Partial<ToSign> = {}): Promise<SignedRequest> {
  const call = { ...CALL, ...changes };
  const signer = new SignatureV4({
    credentials: call,
    region: "eu-central-1",
    service: call.service,
    sha256: Hash.bind(undefined, "sha256"),
    applyChecksum: false,
  });
  const { method, path, query, headers, body } = call;
  const unsigned = { method, protocol: "http:", hostname: "127.0.0.1", path, query, headers, body };
  const signed = await signer.sign(
    { ...unsigned, query: { ...query }, headers: { ...headers } },
    {
      signingDate: new Date(call.signedAt),
    },
  );
  const wireQuery = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join("="));
  return { method, path, query: wireQuery.join("&"), headers: signed.headers, body };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const withHeader = (request: SignedRequest, name: string, value: string | undefined) => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});

const MISMATCH = {
  code: "InvalidSignatureException",
  message: expect.stringContaining("does not match the signature you provided"),
};

describe("a request that was signed well", () => {
  it("is its caller's", async () => {
    const caller = await verify(await sign());
    expect(caller).toEqual({
      accessKeyId: "AKIAROOT",
      principalArn: "arn:aws:iam::000000000000:user/AKIAROOT",
      signature: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("brings what else is known of the key, and not its secret", async () => {
    const key = { secretAccessKey: "root-secret", principalArn: "arn:root", validUntil: NOW + 1 };
    const findAccessKey = () => ({ ...key, permissions: "all" });
    const caller = await verifySignature(await sign(), { findAccessKey, now: NOW });
    expect(caller).toMatchObject({ permissions: "all", validUntil: NOW + 1 });
    expect(JSON.stringify(caller)).not.toContain("root-secret");
  });

  it.each<[string, Partial<ToSign>]>([
    ["an agent's handshake", { method: "GET", path: "/ws", body: "", query: { b: "1", a: "x y" } }],
    ["a REST call", { method: "GET", path: "/v1/services/web-1/explain", query: { cluster: "d" } }],
    ["an encoded path", { method: "GET", path: "/v1/services/a%3Ab%20c/explain" }],
    ["a path with dots and a slash at its end", { path: "/v1/./x/../services/" }],
    ["odd characters in the query", { query: { "a!*'()": "ä&=+ /~", empty: "", z: "%41" } }],
    ["a body beyond ASCII", { body: '{"clusterName":"große Mühle 🚢"}' }],
    ["folded spaces in a header", { headers: { ...CALL.headers, "x-amz-meta": "  a   b " } }],
    [
      "a session token, which is ignored",
      { headers: { ...CALL.headers, "x-amz-security-token": "t" } },
    ],
    [
      "with its content hash in a header",
      { headers: { ...CALL.headers, "x-amz-content-sha256": sha256("{}") } },
    ],
    ["four minutes ago", { signedAt: NOW - 4 * MINUTE }],
    ["four minutes ahead", { signedAt: NOW + 4 * MINUTE }],
  ])("may be %s", async (_, changes) => {
    await expect(verify(await sign(changes))).resolves.toMatchObject({ accessKeyId: "AKIAROOT" });
  });

  it("may be scoped to another service that is asked for", async () => {
    const request = await sign({ service: "execute-api" });
    await expect(verify(request, { service: "execute-api" })).resolves.toBeDefined();
  });

  it("has the same signature when it is sent again, and another one a second later", async () => {
    const [first, again, later] = await Promise.all([
      verify(await sign()),
      verify(await sign()),
      verify(await sign({ signedAt: NOW + 1000 })),
    ]);
    expect(again.signature).toBe(first.signature);
    expect(later.signature).not.toBe(first.signature);
  });
});

describe("a request that was tampered with is refused", () => {
  it.each<[string, (request: SignedRequest) => SignedRequest]>([
    ["body", (request) => ({ ...request, body: '{"force":true}' })],
    ["method", (request) => ({ ...request, method: "PUT" })],
    ["path", (request) => ({ ...request, path: "/v1" })],
    ["query", (request) => ({ ...request, query: "cluster=other" })],
    ["a broken query", (request) => ({ ...request, query: "cluster=%E0%A4%A&%" })],
    ["host", (request) => withHeader(request, "host", "elsewhere")],
    ["content type", (request) => withHeader(request, "content-type", "text/plain")],
    ["a signed header taken away", (request) => withHeader(request, "content-type", undefined)],
    [
      "operation",
      (request) =>
        withHeader(request, "x-amz-target", "AmazonEC2ContainerServiceV20141113.DeleteCluster"),
    ],
    ["time, within the day", (request) => withHeader(request, "x-amz-date", "20261121T120100Z")],
  ])("%s", async (_, tamper) => {
    await expect(verify(tamper(await sign()))).rejects.toMatchObject(MISMATCH);
  });

  it("body, under a promise not to look at it", async () => {
    const request = await sign({
      headers: { ...CALL.headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    });
    await expect(verify({ ...request, body: '{"force":true}' })).rejects.toMatchObject({
      code: "InvalidSignatureException",
      message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
    });
  });

  it.each([
    ["longer", (signature: string) => `${signature}00`],
    ["longer by what is no hex", (signature: string) => `${signature}zz`],
    ["in capitals", (signature: string) => signature.toUpperCase()],
    ["all zero", () => "0".repeat(64)],
  ])("signature, %s", async (_, change) => {
    const request = await sign();
    const header = request.headers.authorization ?? "";
    const changed = header.replace(/[0-9a-f]{64}$/, change);
    expect(changed).not.toBe(header);
    await expect(verify(withHeader(request, "authorization", changed))).rejects.toMatchObject(
      MISMATCH,
    );
  });
});

describe("a request of the wrong time is refused", () => {
  it("expired", async () => {
    const outcome = verify(await sign({ signedAt: NOW - 6 * MINUTE }));
    await expect(outcome).rejects.toMatchObject({
      code: "InvalidSignatureException",
      message:
        "Signature expired: 20261121T115400Z is now earlier than 20261121T115500Z (20261121T120000Z - 5 min.)",
    });
  });

  it("from the future", async () => {
    const outcome = verify(await sign({ signedAt: NOW + 6 * MINUTE }));
    await expect(outcome).rejects.toMatchObject({
      code: "InvalidSignatureException",
      message:
        "Signature not yet current: 20261121T120600Z is still later than 20261121T120500Z (20261121T120000Z + 5 min.)",
    });
  });

  it.each([
    ["yesterday", "20261120T120000Z", "InvalidSignatureException"],
    ["no time", "20261121T99", "IncompleteSignature"],
    ["an impossible time", "20261121T996100Z", "IncompleteSignature"],
    ["", undefined, "IncompleteSignature"],
  ])("%s", async (_, time, code) => {
    const request = withHeader(await sign(), "x-amz-date", time);
    await expect(verify(request)).rejects.toMatchObject({ code });
  });
});

describe("a request of nobody known is refused", () => {
  it("unsigned", async () => {
    const request = withHeader(await sign(), "authorization", undefined);
    await expect(verify(request)).rejects.toMatchObject({
      code: "MissingAuthenticationTokenException",
      message: "Missing Authentication Token",
    });
  });

  it("with a key that does not exist", async () => {
    for (const accessKeyId of ["AKIAGONE", "constructor", "__proto__"]) {
      await expect(verify(await sign({ accessKeyId }))).rejects.toMatchObject({
        code: "UnrecognizedClientException",
        message: "The security token included in the request is invalid.",
      });
    }
  });

  it("with a key whose time is over, which only its holder is told", async () => {
    const secretAccessKey = "root-secret";
    const findAccessKey = () => ({ secretAccessKey, principalArn: "arn:old", validUntil: NOW });
    await expect(verify(await sign(), { findAccessKey })).rejects.toMatchObject({
      code: "ExpiredTokenException",
      message: "The security token included in the request is expired",
    });
    const guessed = await sign({ secretAccessKey: "guessed" });
    await expect(verify(guessed, { findAccessKey })).rejects.toMatchObject(MISMATCH);
  });

  it("with somebody else's secret", async () => {
    const request = await sign({ accessKeyId: "AKIAOTHER" });
    await expect(verify(request)).rejects.toMatchObject(MISMATCH);
  });

  it("with a signature for another service", async () => {
    await expect(verify(await sign({ service: "s3" }))).rejects.toMatchObject({
      code: "InvalidSignatureException",
      message: "Credential should be scoped to correct service: 'ecs'.",
    });
  });
});

describe("an incomplete signature is refused", () => {
  it.each([
    ["Basic cm9vdDpyb290", "Unsupported AWS 'algorithm': 'Basic'."],
    [
      "AWS4-HMAC-SHA256",
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256",
    ],
    [
      "AWS4-HMAC-SHA256 Credential=AKIAROOT/20261121, SignedHeaders=host, Signature=00",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
    ],
  ])("%s", async (authorization, message) => {
    const request = withHeader(await sign(), "authorization", authorization);
    await expect(verify(request)).rejects.toMatchObject({ code: "IncompleteSignature", message });
  });

  it.each(["host", "x-amz-date", "x-amz-target"])("without %s among the signed", async (name) => {
    const request = await sign();
    const header = (request.headers.authorization ?? "").replace(new RegExp(`;?${name}`), "");
    await expect(verify(withHeader(request, "authorization", header))).rejects.toMatchObject({
      code: "InvalidSignatureException",
      message: `'${name}' must be a 'SignedHeader' in the AWS Authorization.`,
    });
  });
});
