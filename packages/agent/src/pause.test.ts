import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import { aPayloadContainer, aPayloadTask, anAwsvpcTask } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { withPause } from "./pause.ts";
import { AgentStory, ARN } from "./testing/agent-story.ts";

const ofNetwork = withPause(anAwsvpcTask());
const shared = withPause(aPayloadTask({ pidMode: "task" }));
const stop = { kind: "stopOrdered", taskArn: ARN } as const;

test.each([{ pidMode: "host" }, { ipcMode: "none" }, {}])(
  "%j takes no container more",
  (members) => {
    const task = aPayloadTask(members);
    expect(withPause(task)).toBe(task);
  },
);

describe("a task whose containers share a namespace", () => {
  test("starts its pause container before all others", () => {
    const story = new AgentStory().arrives(shared);
    expect(story.due).toEqual([`pull ${PAUSE_CONTAINER}`]);
    expect(story.runs(PAUSE_CONTAINER).due).toEqual(["pull web"]);
  });

  test("keeps what its containers depend on besides", () => {
    const dependsOn = [{ containerName: "init", condition: "SUCCESS" }];
    const containers = [aPayloadContainer({ name: "init" }), aPayloadContainer({ dependsOn })];
    const task = withPause(aPayloadTask({ ipcMode: "task", containers }));
    expect(task.containers[2]?.dependsOn).toEqual([
      ...dependsOn,
      { containerName: PAUSE_CONTAINER, condition: "START" },
    ]);
  });

  test("says nothing of it", () => {
    const story = new AgentStory().arrives(shared).runs(PAUSE_CONTAINER, "web");
    expect(story.report()?.containers.map(({ containerName }) => containerName)).toEqual(["web"]);
  });

  test("stops it last, and at once", () => {
    const story = new AgentStory()
      .arrives(shared)
      .runs(PAUSE_CONTAINER, "web")
      .accepts()
      .tell(stop);
    expect(story.due).toEqual(["stop web 30s"]);
    expect(story.exits("web", 0).due).toEqual([`stop ${PAUSE_CONTAINER} 0s`]);
    story.exits(PAUSE_CONTAINER, 137);
    expect(story.report()).toMatchObject({ status: "STOPPED", containers: [{ exitCode: 0 }] });
  });

  test("says as a whole what kept it from running", () => {
    const story = new AgentStory().arrives(shared);
    const container = { taskArn: ARN, name: PAUSE_CONTAINER };
    story.tell({ kind: "failed", container, reason: "CannotPullContainerError: no" });
    expect(story.report()).toMatchObject({
      status: "STOPPED",
      reason: "CannotPullContainerError: no",
      containers: [{ containerName: "web", status: "STOPPED" }],
    });
  });
});

describe("a task with a network of its own", () => {
  const address = "172.18.0.2";
  const attachment = { attachmentArn: expect.stringContaining(":attachment/a1"), address };
  const pause = { taskArn: ARN, name: PAUSE_CONTAINER };
  const runs = () =>
    new AgentStory()
      .arrives(ofNetwork)
      .runs(PAUSE_CONTAINER)
      .tell({
        kind: "started",
        container: pause,
        startedAt: 1,
        networkBindings: [{ bindIP: address }],
      });

  test("tells its address once all of it runs, and its pause container apart", () => {
    const story = runs().runs("web");
    expect(story.report()).toMatchObject({
      status: "RUNNING",
      containers: [{ containerName: "web" }],
      attachment,
    });
  });

  test("tells it with its end where it never ran", () => {
    const container = { taskArn: ARN, name: "web" };
    const reason = "CannotPullContainerError: no";
    const story = runs().tell({ kind: "failed", container, reason });
    expect(story.due).toEqual([`stop ${PAUSE_CONTAINER} 0s`]);
    story.exits(PAUSE_CONTAINER, 137);
    expect(story.report()).toMatchObject({ status: "STOPPED", attachment });
  });

  test("takes no port of its instance", () => {
    const portMappings = [{ containerPort: 22, hostPort: 22, protocol: "tcp" as const }];
    const task = anAwsvpcTask({ containers: [aPayloadContainer({ portMappings })] });
    expect(new AgentStory().arrives(withPause(task)).due).toEqual([`pull ${PAUSE_CONTAINER}`]);
  });
});
