import { beforeAll, describe, expect, it } from "vitest";
import { callEcs, type Keyed, registrationOf, type ScriptedAgent } from "./scripted-agent.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 2: every operation that agents call, with a key that is an agent's, and what they read of it. */
const stage = new ProtocolStage();

let keyed: Keyed;
let agent: ScriptedAgent;
let task: string;
beforeAll(async () => {
  keyed = await stage.key({ kind: "agent", principal: "machine-1" });
  agent = await stage.agent({ keyed, members: { tags: [{ key: "team", value: "a" }] } });
  await agent.connect();
  [task = ""] = await stage.run(agent.cluster);
  await agent.submit(task, { status: "RUNNING" });
});

type Members = Readonly<Record<string, unknown>>;

describe("an agent's key may call", () => {
  it.each<[string, () => Members, Members]>([
    [
      "RegisterContainerInstance",
      () => registrationOf(agent.cluster, { containerInstanceArn: agent.arn }),
      {
        containerInstance: {
          containerInstanceArn: expect.any(String),
          attributes: expect.any(Array),
        },
      },
    ],
    [
      "DiscoverPollEndpoint",
      () => ({ cluster: agent.cluster, containerInstance: agent.arn }),
      { endpoint: expect.any(String), telemetryEndpoint: expect.any(String) },
    ],
    ["SubmitTaskStateChange", () => ({ cluster: agent.cluster, task, status: "RUNNING" }), {}],
    [
      "SubmitContainerStateChange",
      () => ({ cluster: agent.cluster, task, containerName: "app", status: "RUNNING" }),
      {},
    ],
    ["SubmitAttachmentStateChanges", () => ({ cluster: agent.cluster, attachments: [] }), {}],
    [
      "UpdateContainerInstancesState",
      () => ({ cluster: agent.cluster, containerInstances: [agent.arn], status: "DRAINING" }),
      { failures: [], containerInstances: [expect.objectContaining({ status: "DRAINING" })] },
    ],
    ["ListTagsForResource", () => ({ resourceArn: task }), { tags: [] }],
    [
      "ListTagsForResource",
      () => ({ resourceArn: agent.arn }),
      { tags: [{ key: "team", value: "a" }] },
    ],
  ])("%s", async (operation, request, expected) => {
    const answer = await callEcs(keyed, operation, request());
    expect(answer).toMatchObject({ status: 200, body: expected });
  });
});

describe("an agent's key may not call", () => {
  it.each<[string, () => Members]>([
    ["RunTask", () => ({ cluster: agent.cluster, taskDefinition: `f${agent.cluster}` })],
    ["StopTask", () => ({ cluster: agent.cluster, task })],
    [
      "DeregisterContainerInstance",
      () => ({ cluster: agent.cluster, containerInstance: agent.arn }),
    ],
  ])("%s", async (operation, request) => {
    const answer = await callEcs(keyed, operation, request());
    expect(answer).toMatchObject({ status: 400, body: { __type: "AccessDeniedException" } });
  });
});

it("an error is one that agents read: a code, a text, and no server's fault where it is not", async () => {
  const { status, body } = await callEcs(keyed, "DiscoverPollEndpoint", { cluster: 7 });
  expect(status).toBe(400);
  expect(body).toEqual({
    __type: expect.stringMatching(/Exception$/) as string,
    message: expect.stringMatching(/\w/) as string,
  });
});
