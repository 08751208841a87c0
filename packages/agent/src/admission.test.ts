import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { AgentStory, ARN } from "./testing/agent-story.ts";

describe("the resource gate", () => {
  const withPort = (number: number, hostPort: number) =>
    aPayloadTask({
      arn: payloadTaskArn(number),
      containers: [
        aPayloadContainer({ portMappings: [{ containerPort: 80, hostPort, protocol: "tcp" }] }),
      ],
    });

  test("holds a task back until the port that it needs is free", () => {
    const story = new AgentStory().arrives(withPort(1, 80), withPort(2, 80)).runs("web").accepts();
    expect(story.due).toEqual([]);
    story.tell({ kind: "stopOrdered", taskArn: ARN });
    expect(story.due).toEqual(["stop web 30s"]);
    story.exits("web", 0);
    expect(story.due).toEqual(["report STOPPED", "pull web"]);
  });

  test("stops a task that wants GPUs where there are none", () => {
    const associations = [{ type: "gpu", name: "GPU-a", containers: ["web"] }] as const;
    const story = new AgentStory().arrives(aPayloadTask({ associations }));
    expect(story.report()).toMatchObject({
      status: "STOPPED",
      reason: "TaskFailedToStart: RESOURCE:GPU",
    });
  });

  test("keeps the order of arrival, so that a large task is not starved", () => {
    const sized = (number: number, memory: number) =>
      aPayloadTask({ arn: payloadTaskArn(number), memory, containers: [aPayloadContainer()] });
    const story = new AgentStory().arrives(sized(1, 600), sized(2, 600), sized(3, 100));
    expect(story.due).toEqual(["pull web"]);
    story.tell({ kind: "stopOrdered", taskArn: payloadTaskArn(1) });
    expect(story.due).toEqual(["report STOPPED", "pull web", "pull web"]);
  });

  test.each([
    { task: withPort(1, 22), reason: "TaskFailedToStart: RESOURCE:PORTS" },
    { task: aPayloadTask({ cpu: 2 }), reason: "TaskFailedToStart: RESOURCE:CPU" },
    { task: aPayloadTask({ memory: 2_048 }), reason: "TaskFailedToStart: RESOURCE:MEMORY" },
  ])("stops what could never fit: $reason", ({ task, reason }) => {
    const story = new AgentStory().arrives(task, withPort(2, 81));
    expect(story.report()).toMatchObject({ status: "STOPPED", reason });
    expect(story.due).toEqual(["report STOPPED", "pull web"]);
  });
});
