import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { beforeAll, describe, expect, it } from "vitest";
import type { ScriptedAgent } from "./scripted-agent.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 9 as far as there is no VPC: the agent makes the interface and tells its address (ADR 0040). */
const stage = new ProtocolStage();

const able = (...names: readonly string[]) => ({
  attributes: ["com.amazonaws.ecs.capability.docker-remote-api.1.18", ...names].map((name) => ({
    name,
  })),
});

let agent: ScriptedAgent;
beforeAll(async () => {
  agent = await stage.agent({ members: able("ecs.capability.task-eni", "berth.task-network") });
  await agent.connect();
  await stage.machine.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "vpc",
      networkMode: "awsvpc",
      containerDefinitions: [{ name: "app", image: "busybox", memory: 16 }],
    }),
  );
});

const run = async (cluster: string) =>
  stage.machine.ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: "vpc",
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
    }),
  );

const ADDRESS = "172.18.0.9";
const attached = (id: string | undefined, status = "ATTACHED") => [
  { attachmentArn: `arn:aws:ecs:us-east-1:000000000000:attachment/${id}`, status },
];
const pause = (bindIP = ADDRESS) => ({
  containerName: "~internal~ecs~pause",
  status: "RUNNING",
  networkBindings: [{ bindIP }],
});

/** A task of whose interface the agent says this. */
async function reported(
  reportOf: (attachmentId: string | undefined) => Readonly<Record<string, unknown>>,
) {
  const { tasks: [task] = [] } = await run(agent.cluster);
  const arn = task?.taskArn ?? "";
  const answer = await agent.submit(arn, reportOf(task?.attachments?.[0]?.id));
  expect(answer.status).toBe(200);
  const { tasks: [described] = [] } = await stage.machine.ecs.send(
    new DescribeTasksCommand({ cluster: agent.cluster, tasks: [arn] }),
  );
  return described;
}

describe("the interface of a task", () => {
  it("is ATTACHED, with its address, once its agent says so", async () => {
    const task = await reported((id) => ({
      status: "RUNNING",
      containers: [{ containerName: "app", status: "RUNNING" }, pause()],
      attachments: attached(id),
    }));
    expect(task).toMatchObject({
      lastStatus: "RUNNING",
      attachments: [{ status: "ATTACHED" }],
      containers: [{ networkInterfaces: [{ privateIpv4Address: ADDRESS }] }],
    });
    expect(task?.containers).toHaveLength(1);
  });

  it("may be told of before the task, as agents in a VPC do", async () => {
    const task = await reported((id) => ({ containers: [pause()], attachments: attached(id) }));
    expect(task).toMatchObject({
      lastStatus: "PENDING",
      attachments: [{ status: "ATTACHED" }],
    });
  });

  it.each<[string, (id: string | undefined) => Readonly<Record<string, unknown>>]>([
    ["without an address", (id) => ({ attachments: attached(id) })],
    ["of another task", () => ({ containers: [pause()], attachments: attached("another") })],
    ["with what is no address", (id) => ({ containers: [pause("x")], attachments: attached(id) })],
    [
      "with another status",
      (id) => ({
        containers: [pause()],
        attachments: attached(id, "DETACHED"),
      }),
    ],
  ])("is not ATTACHED by a report %s, which is acknowledged", async (_, reportOf) => {
    expect(await reported(reportOf)).toMatchObject({ attachments: [{ status: "PRECREATED" }] });
  });
});

it("no task with a network of its own is sent to an agent that waits for interfaces", async () => {
  const waiting = await stage.agent({ members: able("ecs.capability.task-eni") });
  await waiting.connect();
  expect(await run(waiting.cluster)).toMatchObject({
    tasks: [],
    failures: [
      {
        arn: waiting.arn,
        reason: "ATTRIBUTE",
        detail: expect.stringContaining("berth.task-network"),
      },
    ],
  });
});
