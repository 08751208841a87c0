import { createHash } from "node:crypto";
import { ECSClient } from "@aws-sdk/client-ecs";
import type { Credential } from "@berth/control-plane/access/find-access-key";
import { createFindAccessKey } from "@berth/control-plane/access/find-access-key";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import type { Table } from "@berth/store/table";
import { checkAnswers } from "./check-answers.ts";
import { aControlPlane } from "./control-plane.ts";
import type { TestControlPlane } from "./control-plane.ts";
import { FakeSecretBox } from "./fake-secret-box.ts";
import { setUpCluster } from "./set-up-cluster.ts";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { ApiHandler } from "@berth/functions/api";
import { apiHandler } from "@berth/functions/handlers";
import type { LogDetails } from "@berth/functions/log";
import { createMetrics } from "@berth/functions/metrics";
import { anHttpEvent, HOST, type Key, REGION, signedHeaders, toHttpEvent } from "./http-event.ts";
import type { WireRequest } from "./http-event.ts";

export const ROOT = { accessKeyId: "AKIAROOT", secretAccessKey: "root-secret" };
const ROOT_CREDENTIAL: Credential = {
  ...ROOT,
  principalArn: "arn:root",
  permissions: ADMINISTRATOR,
  isIssued: false,
};

/** The real edge and commands, called as over the wire, on the memory store with a cluster in it. */
export class WholeApi {
  readonly controlPlane: TestControlPlane;
  readonly handler: ApiHandler;
  readonly logged: [string, LogDetails][] = [];
  #issued = 0;

  private constructor(options: Parameters<typeof aControlPlane>[0]) {
    const controlPlane = aControlPlane(options);
    this.controlPlane = controlPlane;
    const record = (message: string, details: LogDetails) =>
      void this.logged.push([message, details]);
    const box = new FakeSecretBox();
    const builtIn = new Map([[ROOT.accessKeyId, ROOT_CREDENTIAL]]);
    this.handler = apiHandler({
      controlPlane,
      agents: controlPlane.agents,
      metrics: createMetrics({ stage: "test", functionName: "api", write: () => undefined }),
      sqs: { send: () => Promise.reject(new Error("No test of the API sends messages")) },
      queueUrls: { service: "", placement: "", dispatch: "", coalesced: "", timers: "" },
      findAccessKey: createFindAccessKey({ ...controlPlane, opener: box, builtIn }),
      alarms: controlPlane.alarms,
      sealer: box,
      identities: { identify: async () => "refused" },
      rules: { installation: HOST, stsEndpoint: "https://sts.test", instanceRoles: [] },
      log: { info: record, warn: record, error: record },
    });
  }

  static async start(): Promise<WholeApi> {
    const api = new WholeApi({ now: Date.now() });
    await setUpCluster(api.controlPlane);
    return api;
  }

  /** The same on this table, as it is. The clock begins at an hour of its own: equal calls make equal ids. */
  static on(table: Table, shards = 1): WholeApi {
    return new WholeApi({ now: Date.UTC(2026, 10, 21), table, shards, randomHex: manyIds() });
  }

  /** Calls an operation of the ECS API as the root key. No two calls are one: time goes on. */
  async call(
    operation: ModelOperationName,
    body: string,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    this.controlPlane.advance(1_000);
    const target = {
      host: HOST,
      "x-amz-target": `AmazonEC2ContainerServiceV20141113.${operation}`,
    };
    const request = { method: "POST", path: "/", body, headers: target };
    const headers = await signedHeaders(ROOT, request, this.#date());
    return this.handler({ ...anHttpEvent("POST", "/", body), headers });
  }

  /** A new key, made by the root key. */
  async issue(body: object): Promise<Key> {
    // Two equal requests within a second are one.
    const principal = `principal-${(this.#issued += 1)}`;
    const answer = await this.rest("POST", "/v1/access-keys", { principal, ...body });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return JSON.parse(answer.body ?? "") as Key;
  }

  async rest(
    method: string,
    path: string,
    body?: unknown,
    query: Record<string, string> = {},
    key: Key = ROOT,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const text = body === undefined ? "" : JSON.stringify(body);
    return this.handler(await this.signed(key, method, path, text, query));
  }

  async signed(
    key: Key,
    method: string,
    path: string,
    body = "",
    query: Record<string, string> = {},
  ): Promise<APIGatewayProxyEventV2> {
    const headers = await signedHeaders(key, { method, path, query, body }, this.#date());
    const rawQueryString = new URLSearchParams(query).toString();
    return { ...anHttpEvent(method, path, body), headers, rawQueryString };
  }

  /** The real client, whose transport is the handler under test. */
  client(key: Key): ECSClient {
    const client = new ECSClient({
      endpoint: `http://${HOST}`,
      region: REGION,
      maxAttempts: 1,
      credentials: key,
      requestHandler: {
        handle: async (request: WireRequest) => {
          const event = { ...toHttpEvent(request), headers: await this.#resigned(key, request) };
          const { statusCode = 200, headers = {}, body = "" } = await this.handler(event);
          return { response: { statusCode, headers, body: new TextEncoder().encode(body) } };
        },
      },
    });
    return checkAnswers(client);
  }

  /** The client signs by its own clock, and the control plane goes by the test's. */
  async #resigned(key: Key, request: WireRequest): Promise<Record<string, string>> {
    const { authorization: _, "x-amz-date": _1, ...headers } = toHttpEvent(request).headers;
    const { body } = request;
    const signable = {
      method: "POST",
      path: "/",
      body,
      headers: headers as Record<string, string>,
    };
    return signedHeaders(key, signable, this.#date());
  }

  #date(): Date {
    return new Date(this.controlPlane.now());
  }
}

/** Equal from test to test, and all digits of each differ from those of the others. */
function manyIds(): (digits: number) => string {
  let count = 0;
  return (digits) => {
    count += 1;
    return createHash("sha256").update(String(count)).digest("hex").slice(0, digits);
  };
}

export const bodyOf = ({ body = "{}" }: APIGatewayProxyStructuredResultV2) =>
  JSON.parse(body) as Record<string, unknown>;

/** A policy that allows this. */
export const allow = (Action: string, more: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*", ...more }],
});
