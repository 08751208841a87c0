import { DeregisterContainerInstanceCommand } from "@aws-sdk/client-ecs";
import { HandshakeRefused } from "@berth/agent/session/socket";
import { describe, expect, it } from "vitest";
import type { Keyed, ScriptedAgent } from "./scripted-agent.ts";
import type { SocketKind } from "./frame-rules.ts";
import { ProtocolStage } from "./stage.ts";

/** Sections 0, 4 and 8: who is let in to the two sockets, and what those read who are not. */
const stage = new ProtocolStage();

const ACCOUNT = "000000000000";
const idOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

const WHERE = { acs: "containerInstanceArn", tcs: "containerInstance" } as const;
const CLUSTER = { acs: "clusterArn", tcs: "cluster" } as const;

describe.each<SocketKind>(["acs", "tcs"])("a handshake of the %s socket", (kind) => {
  it("is answered 101 for the agent's own instance", async () => {
    const agent = await stage.agent();
    expect((await agent.dial(kind)).isOpen).toBe(true);
  });

  it.each([
    ["a cluster by its name", (agent: ScriptedAgent) => agent.cluster],
    [
      "a cluster by its ARN",
      (agent: ScriptedAgent) => `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/${agent.cluster}`,
    ],
  ])("takes %s, as it is configured", async (_, named) => {
    const agent = await stage.agent();
    expect((await agent.dial(kind, { [CLUSTER[kind]]: named(agent) })).isOpen).toBe(true);
  });

  it("ignores what it does not know", async () => {
    const agent = await stage.agent();
    const socket = await agent.dial(kind, { seqNum: "seven", newer: "y", agentVersion: "9.9" });
    expect(socket.isOpen).toBe(true);
  });

  it.each<[string, (agent: ScriptedAgent) => Record<string, string | undefined>, string]>([
    ["no instance", () => ({ [WHERE[kind]]: undefined }), "BadRequestException"],
    ["no cluster", () => ({ [CLUSTER[kind]]: undefined }), "BadRequestException"],
    ["what is no ARN", () => ({ [WHERE[kind]]: "web-1" }), "InvalidInstanceException"],
    [
      "another kind of ARN",
      ({ cluster, arn }) => ({
        [WHERE[kind]]: `arn:aws:ecs:us-east-1:${ACCOUNT}:task/${cluster}/${idOf(arn)}`,
      }),
      "InvalidInstanceException",
    ],
    [
      "an instance of another account",
      ({ cluster, arn }) => ({
        [WHERE[kind]]:
          `arn:aws:ecs:us-east-1:999999999999:container-instance/${cluster}/${idOf(arn)}`,
      }),
      "InvalidInstanceException",
    ],
    [
      "an instance of another region",
      ({ cluster, arn }) => ({
        [WHERE[kind]]:
          `arn:aws:ecs:eu-west-1:${ACCOUNT}:container-instance/${cluster}/${idOf(arn)}`,
      }),
      "InvalidInstanceException",
    ],
    [
      "another cluster than the instance's",
      () => ({ [CLUSTER[kind]]: "elsewhere" }),
      "InvalidClusterException",
    ],
    [
      // What was deregistered long ago is forgotten, so that the two cannot be told apart.
      "an instance that nobody knows, as one that is deregistered",
      ({ cluster }) => ({
        [WHERE[kind]]:
          `arn:aws:ecs:us-east-1:${ACCOUNT}:container-instance/${cluster}/${"0".repeat(32)}`,
      }),
      "InactiveInstanceException",
    ],
  ])("refuses %s", async (_, query, code) => {
    const agent = await stage.agent();
    expect(await refusalOf(agent, kind, query(agent))).toMatchObject({ code });
  });

  it("refuses a deregistered instance with the one code that has its agent wait for an hour", async () => {
    const agent = await stage.agent();
    await stage.machine.ecs.send(
      new DeregisterContainerInstanceCommand({
        cluster: agent.cluster,
        containerInstance: agent.arn,
      }),
    );
    expect(await refusalOf(agent, kind)).toMatchObject({
      code: "InactiveInstanceException",
      message: "Container instance is inactive.",
    });
  });

  it("refuses who has signed with another secret, or with a key that nobody has", async () => {
    const agent = await stage.agent();
    const { endpoint } = stage.machine;
    agent.keyed = { endpoint: { ...endpoint, secretAccessKey: "guessed" } };
    const wrongSecret = await refusalOf(agent, kind);
    agent.keyed = { endpoint: { ...endpoint, accessKeyId: "AKIA0000000000000000" } };
    const unknownKey = await refusalOf(agent, kind);
    expect([wrongSecret.code, unknownKey.code]).toEqual([
      "AccessDeniedException",
      "AccessDeniedException",
    ]);
  });

  it("refuses who may do all but this", async () => {
    const agent = await stage.agent();
    const action = kind === "acs" ? "ecs:Poll" : "ecs:StartTelemetrySession";
    agent.keyed = await stage.key({
      kind: "policy",
      principal: "ada",
      policy: {
        Statement: [
          { Effect: "Allow", Action: "*", Resource: "*" },
          { Effect: "Deny", Action: action, Resource: "*" },
        ],
      },
    });
    const refusal = await refusalOf(agent, kind);
    expect(refusal.code).toBe("AccessDeniedException");
    expect(refusal.message).toContain(`not authorized to perform: ${action}`);
  });

  it("refuses an agent's key that speaks for an instance of somebody else", async () => {
    const agent = await stage.agent();
    agent.keyed = await stage.key({ kind: "agent", principal: "stranger" });
    expect(await refusalOf(agent, kind)).toMatchObject({ code: "AccessDeniedException" });
  });

  it("refuses a key as soon as that is revoked", async () => {
    const key = await stage.key({ kind: "agent", principal: `revoked-${kind}` });
    const agent = await stage.agent({ keyed: key });
    expect((await agent.dial(kind)).isOpen).toBe(true);
    await key.revoke();
    expect(await refusalOf(agent, kind)).toMatchObject({ code: "AccessDeniedException" });
  });
});

it("answers what is not signed at all, with a body that agents read", async () => {
  const agent = await stage.agent();
  const answer = await upgrade(stage.machine, { clusterArn: agent.cluster });
  expect(answer).toEqual({
    status: 403,
    body: {
      type: "AccessDeniedException",
      message: { message: expect.stringMatching(/\w/) as string },
    },
  });
});

it("learns the versions of agent and engine from the handshake, as the registration does not say them", async () => {
  const agent = await stage.agent();
  expect((await stage.instance(agent)).versionInfo).toEqual({});
  await agent.connect();
  expect((await stage.instance(agent)).versionInfo).toEqual({
    agentVersion: "1.105.1",
    agentHash: "8dfceca6",
    dockerVersion: "DockerVersion: 20.10.24",
  });
});

async function refusalOf(
  agent: ScriptedAgent,
  kind: SocketKind,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<HandshakeRefused> {
  const outcome = await agent.dial(kind, query).catch((error: unknown) => error);
  if (outcome instanceof HandshakeRefused) return outcome;
  throw new Error("the handshake was not refused", { cause: outcome });
}

/** A bare GET that asks for a WebSocket. */
async function upgrade({ endpoint }: Keyed, query: Readonly<Record<string, string>>) {
  const url = new URL(`/ws?${new URLSearchParams(query).toString()}`, endpoint.url);
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    };
    request(url, { headers }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode, body: JSON.parse(body) as unknown });
      });
    })
      .on("error", reject)
      .end();
  });
}
