import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { canonicalRequest } from "@berth/contracts/canonical-request";
import { INSTALLATION_HEADER } from "@berth/contracts/rest/join";

/* What of AWS an EC2 instance meets when it joins, at its edge: HTTP, and signatures that are checked. */

/** An instance that runs with a role. */
export interface Ec2Instance {
  readonly instanceId: string;
  readonly account: string;
  readonly role: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export const anEc2Instance = (overrides: Partial<Ec2Instance> = {}): Ec2Instance => ({
  instanceId: "i-0123456789abcdef0",
  account: "111122223333",
  role: "berth-instance",
  accessKeyId: "ASIAEC2EC2EC2EC2EC2E",
  secretAccessKey: "the-instances-secret",
  sessionToken: "a/session+token==",
  ...overrides,
});

export interface StandIn {
  readonly endpoint: string;
  close(): void;
}

/** What STS was asked, and by whose leave. */
export interface StsStandIn extends StandIn {
  readonly installations: string[];
}

/** STS's GetCallerIdentity for presigned requests of these instances. */
export async function startStsStandIn(instances: readonly Ec2Instance[]): Promise<StsStandIn> {
  const installations: string[] = [];
  const server = await listen((request, response) => {
    installations.push(String(request.headers[INSTALLATION_HEADER]));
    const caller = callerOf(request, instances);
    response.writeHead(caller ? 200 : 403, { "content-type": "application/json" });
    response.end(JSON.stringify(caller ? identityOf(caller) : SIGNATURE_ERROR));
  });
  return { ...standIn(server), installations };
}

/** The instance metadata service, version 2, as far as credentials go. */
export async function startMetadataStandIn(instance: Ec2Instance): Promise<StandIn> {
  const token = "metadata-token";
  const path = "/latest/meta-data/iam/security-credentials/";
  const answers: Readonly<Record<string, string>> = {
    [`GET ${path}`]: instance.role,
    [`GET ${path}${instance.role}`]: JSON.stringify({
      Code: "Success",
      Type: "AWS-HMAC",
      AccessKeyId: instance.accessKeyId,
      SecretAccessKey: instance.secretAccessKey,
      Token: instance.sessionToken,
      Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
    }),
  };
  const server = await listen((request, response) => {
    const asked = `${request.method} ${request.url}`;
    if (asked === "PUT /latest/api/token") return response.end(token);
    const isKnown = request.headers["x-aws-ec2-metadata-token"] === token;
    response.statusCode = isKnown ? 200 : 401;
    return response.end(isKnown ? answers[asked] : "");
  });
  return standIn(server);
}

async function listen(handle: RequestListener): Promise<Server> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const standIn = (server: Server): StandIn => ({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  close: () => {
    server.close();
    server.closeAllConnections();
  },
});

const SIGNATURE_ERROR = { Error: { Code: "SignatureDoesNotMatch", Message: "no" } };

function identityOf({ account, role, instanceId }: Ec2Instance) {
  const Arn = `arn:aws:sts::${account}:assumed-role/${role}/${instanceId}`;
  const GetCallerIdentityResult = { Account: account, Arn, UserId: `AROAEXAMPLE:${instanceId}` };
  return { GetCallerIdentityResponse: { GetCallerIdentityResult } };
}

function callerOf(
  { url = "", headers }: IncomingMessage,
  instances: readonly Ec2Instance[],
): Ec2Instance | undefined {
  const { searchParams } = new URL(url, "http://sts");
  const given = (name: string) => searchParams.get(name) ?? "";
  const [accessKeyId] = given("X-Amz-Credential").split("/");
  const caller = instances.find((each) => each.accessKeyId === accessKeyId);
  const isRight =
    caller?.sessionToken === given("X-Amz-Security-Token") &&
    given("Action") === "GetCallerIdentity" &&
    signatureOf(searchParams, headers as Record<string, string>, caller.secretAccessKey) ===
      given("X-Amz-Signature");
  return isRight ? caller : undefined;
}

/** Source: AWS Signature Version 4, "adding the signature to the query string". */
function signatureOf(
  parameters: URLSearchParams,
  headers: Readonly<Record<string, string>>,
  secret: string,
): string {
  const signed = [...parameters].filter(([name]) => name !== "X-Amz-Signature");
  const query = signed.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  const request = { method: "GET", path: "/", query, headers, body: "" };
  const signedHeaders = (parameters.get("X-Amz-SignedHeaders") ?? "").split(";");
  const canonical = canonicalRequest(request, {
    signedHeaders,
    bodyHash: sha256(""),
    service: "sts",
  });
  const [, ...scope] = (parameters.get("X-Amz-Credential") ?? "").split("/");
  const text = [
    "AWS4-HMAC-SHA256",
    parameters.get("X-Amz-Date"),
    scope.join("/"),
    sha256(canonical),
  ];
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${secret}`);
  return hmac(key, text.join("\n")).toString("hex");
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: Buffer | string, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();
