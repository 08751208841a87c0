import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { AgentStory, ARN, SETTINGS } from "./testing/agent-story.ts";

const withSources = aPayloadTask({
  containers: [
    aPayloadContainer({ environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/k.env" }] }),
  ],
});

describe("a task of one container", () => {
  const key = { taskArn: ARN, name: "web" };

  test("is pulled, created, started and reported, one after the other", () => {
    const story = new AgentStory().arrives(aPayloadTask());
    expect(story.due).toEqual(["pull web"]);
    story.tell({
      kind: "begun",
      taskArn: ARN,
      operation: { kind: "pull", container: key, image: "web:1" },
    });
    expect(story.due).toEqual([]);
    story.tell({ kind: "pulled", container: key, image: {} });
    expect(story.due).toEqual(["create web"]);
    story.tell({ kind: "created", container: key, dockerId: "1" });
    expect(story.due).toEqual(["start web"]);
    story.tell({ kind: "started", container: key, startedAt: 1, networkBindings: [] });
    expect(story.due).toEqual(["report RUNNING"]);
    story.accepts();
    expect(story.due).toEqual([]);
  });

  test("is not touched before it is on record", () => {
    expect(new AgentStory().tell({ kind: "taskArrived", task: aPayloadTask() }).due).toEqual([]);
  });

  test("makes its volumes first", () => {
    const story = new AgentStory().arrives(
      aPayloadTask({ volumes: [{ name: "v", type: "docker" }] }),
    );
    expect(story.due).toEqual(["ensureVolumes", "pull web"]);
    story.tell({
      kind: "begun",
      taskArn: ARN,
      operation: { kind: "pull", container: key, image: "web:1" },
    });
    story.tell({ kind: "pulled", container: key, image: {} });
    expect(story.due).toEqual(["ensureVolumes"]);
    story.tell({ kind: "volumesReady", taskArn: ARN });
    expect(story.due).toEqual(["create web"]);
  });

  test("is made once its secrets are there, and its image pulled meanwhile", () => {
    const story = new AgentStory().arrives(withSources);
    expect(story.due).toEqual(["fetchSources", "pull web"]);
    story.tell({ kind: "begun", taskArn: ARN, operation: { kind: "fetchSources", taskArn: ARN } });
    expect(story.due).toEqual(["pull web"]);
    story.tell({
      kind: "begun",
      taskArn: ARN,
      operation: { kind: "pull", container: key, image: "web:1" },
    });
    story.tell({ kind: "pulled", container: key, image: {} });
    expect(story.due).toEqual([]);
    story.tell({ kind: "sourcesAwaited", taskArn: ARN });
    expect(story.due).toEqual(["fetchSources"]);
    story.tell({ kind: "sourcesReady", taskArn: ARN });
    expect(story.due).toEqual(["create web"]);
  });

  test("is pulled only once its registry's login is there", () => {
    const asmAuthData = { credentialsParameter: "arn:x", region: "us-east-1" };
    const registryAuthentication = { type: "asm", asmAuthData } as const;
    const containers = [aPayloadContainer({ registryAuthentication })];
    const story = new AgentStory().arrives(aPayloadTask({ containers }));
    expect(story.due).toEqual(["fetchSources"]);
    expect(story.tell({ kind: "sourcesReady", taskArn: ARN }).due).toEqual(["pull web"]);
  });

  test("stops with the reason where its secrets cannot be had, but not where it was stopped before", () => {
    const failed = {
      kind: "sourcesFailed",
      taskArn: ARN,
      reason: "ResourceInitializationError",
    } as const;
    expect(new AgentStory().arrives(withSources).tell(failed).report()).toMatchObject({
      status: "STOPPED",
      reason: "ResourceInitializationError",
    });
    const stopped = new AgentStory()
      .arrives(withSources)
      .tell({ kind: "stopOrdered", taskArn: ARN });
    expect(stopped.tell(failed).report()).not.toHaveProperty("reason");
  });

  test("is stopped with its own timeout, else with the agent's", () => {
    const own = aPayloadTask({ containers: [aPayloadContainer({ stopTimeout: 5 })] });
    const stop = { kind: "stopOrdered", taskArn: ARN } as const;
    expect(new AgentStory().arrives(own).runs("web").accepts().tell(stop).due).toEqual([
      "stop web 5s",
    ]);
    expect(new AgentStory().arrives(aPayloadTask()).runs("web").accepts().tell(stop).due).toEqual([
      "stop web 30s",
    ]);
  });

  test("is STOPPED at once when it is stopped before anything was created", () => {
    const story = new AgentStory()
      .arrives(aPayloadTask())
      .tell({ kind: "stopOrdered", taskArn: ARN });
    expect(story.report()).toMatchObject({
      status: "STOPPED",
      containers: [{ status: "STOPPED" }],
    });
  });

  test("does not wait for a pull when it is stopped, nor use what it brings", () => {
    const story = new AgentStory().arrives(aPayloadTask());
    story.tell({
      kind: "begun",
      taskArn: ARN,
      operation: { kind: "pull", container: key, image: "web:1" },
    });
    story.tell({ kind: "stopOrdered", taskArn: ARN }).accepts();
    story.tell({ kind: "pulled", container: key, image: {} });
    expect(story.due).toEqual([]);
  });

  test("waits for a start that is under way before it stops it", () => {
    const story = new AgentStory().arrives(aPayloadTask()).runs();
    story.tell(
      { kind: "pulled", container: key, image: {} },
      { kind: "created", container: key, dockerId: "1" },
      {
        kind: "begun",
        taskArn: ARN,
        operation: { kind: "start", container: key, dockerId: "1" },
      },
      { kind: "stopOrdered", taskArn: ARN },
    );
    expect(story.due).toEqual([]);
    story.tell({ kind: "started", container: key, startedAt: 1, networkBindings: [] });
    expect(story.due).toContain("stop web 30s");
  });

  test("ran, even where its end was heard before the answer to its start", () => {
    const story = new AgentStory().arrives(aPayloadTask());
    story.tell({ kind: "created", container: key, dockerId: "id-web" });
    story.tell({
      kind: "begun",
      taskArn: ARN,
      operation: { kind: "start", container: key, dockerId: "id-web" },
    });
    story.exits("web", 0);
    expect(story.due).toEqual([]);
    story.tell({ kind: "started", container: key, startedAt: 999, networkBindings: [] });
    expect(story.due).toEqual(["report RUNNING"]);
    expect(story.accepts().report()).toMatchObject({
      status: "STOPPED",
      containers: [{ exitCode: 0 }],
    });
  });

  test("never ran where its start failed, whatever exit the engine made up for it", () => {
    const story = new AgentStory().arrives(aPayloadTask());
    story.tell({ kind: "created", container: key, dockerId: "id-web" });
    story.tell({
      kind: "begun",
      taskArn: ARN,
      operation: { kind: "start", container: key, dockerId: "id-web" },
    });
    story.exits("web", 127);
    story.tell({
      kind: "failed",
      container: key,
      reason: "CannotStartContainerError: no such file",
    });
    const [container] = story.report()?.containers ?? [];
    expect(container).toMatchObject({ reason: "CannotStartContainerError: no such file" });
    expect(container).not.toHaveProperty("exitCode");
    expect(story.due).toEqual(["report STOPPED"]);
  });

  test("is told to stop again where neither failure nor exit was heard", () => {
    const story = new AgentStory().arrives(aPayloadTask()).runs("web").accepts();
    story.tell({ kind: "stopOrdered", taskArn: ARN });
    story.tell({ kind: "stopSent", container: key, retryAt: story.now + 500 });
    expect(story.due).toEqual([]);
    expect(story.wakesIn).toBe(500);
    story.now += 500;
    expect(story.due).toEqual(["stop web 30s"]);
  });

  test("is removed after the wait, once STOPPED was accepted", () => {
    const story = new AgentStory().arrives(aPayloadTask()).runs("web").accepts().exits("web", 1);
    story.now += 60_000;
    expect(story.due).toEqual(["report STOPPED"]);
    expect(story.accepts().due).toEqual(["clean"]);
    story.tell({ kind: "cleanFailed", taskArn: ARN, retryAt: story.now + 5 });
    expect(story.due).toEqual([]);
    expect(story.wakesIn).toBe(5);
  });

  test("is not started anew when it is sent again", () => {
    const story = new AgentStory()
      .arrives(aPayloadTask())
      .runs("web")
      .accepts()
      .exits("web", 1)
      .accepts();
    expect(story.arrives(aPayloadTask()).due).toEqual([]);
    expect(story.wakesIn).toBe(SETTINGS.cleanupWaitMs);
  });

  test("tells when its last essential container ended, and its pull", () => {
    const story = new AgentStory().arrives(aPayloadTask());
    story.tell(
      { kind: "begun", taskArn: ARN, operation: { kind: "pull", container: key, image: "web:1" } },
      { kind: "pulled", container: key, image: { startedAt: 5, stoppedAt: 9, digest: "sha256:1" } },
    );
    story.runs("web").accepts();
    story.now = 7_000;
    expect(story.exits("web", 0).report()).toMatchObject({
      pullStartedAt: 5,
      pullStoppedAt: 9,
      executionStoppedAt: 7_000,
      containers: [{ imageDigest: "sha256:1" }],
    });
  });
});

describe("essential containers", () => {
  test("take the task with them", () => {
    const side = aPayloadContainer({ name: "side", essential: false });
    const story = new AgentStory().arrives(
      aPayloadTask({ containers: [aPayloadContainer(), side] }),
    );
    story.runs("web", "side").accepts().exits("web", 1);
    expect(story.due).toEqual(["stop side 30s"]);
  });

  test("do not go with others, whose end is told while the task goes on", () => {
    const side = aPayloadContainer({ name: "side", essential: false });
    const story = new AgentStory().arrives(
      aPayloadTask({ containers: [aPayloadContainer(), side] }),
    );
    story.runs("web", "side").accepts().exits("side", 4);
    expect(story.report()).toMatchObject({
      status: "RUNNING",
      containers: [{ containerName: "side", status: "STOPPED", exitCode: 4 }],
    });
    expect(story.accepts().due).toEqual([]);
  });
});
