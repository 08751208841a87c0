import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { AgentStory, ARN } from "./testing/agent-story.ts";

const dependsOn = (containerName: string, condition: string) => [{ containerName, condition }];

describe("containers that depend on each other", () => {
  test.each([
    { condition: "START", before: "is not running", make: (story: AgentStory) => story.runs("a") },
    {
      condition: "COMPLETE",
      before: "runs",
      make: (story: AgentStory) => story.runs("a").exits("a", 3),
    },
    {
      condition: "SUCCESS",
      before: "runs",
      make: (story: AgentStory) => story.runs("a").exits("a", 0),
    },
    {
      condition: "HEALTHY",
      before: "was not checked",
      make: (story: AgentStory) =>
        story.runs("a").tell({
          kind: "healthChanged",
          container: { taskArn: ARN, name: "a" },
          health: { status: "HEALTHY", since: 1 },
        }),
    },
  ])("$condition: waits while the other $before, then goes on", ({ condition, make }) => {
    const a = aPayloadContainer({ name: "a", essential: false });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", condition) });
    const story = new AgentStory().arrives(aPayloadTask({ containers: [b, a] }));
    expect(story.due).toEqual(["pull a"]);
    expect(make(story).due).toContain("pull b");
  });

  test.each(["COMPLETE", "SUCCESS", "HEALTHY"])("%s: is not met by running alone", (condition) => {
    const a = aPayloadContainer({ name: "a", essential: false });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", condition) });
    expect(new AgentStory().arrives(aPayloadTask({ containers: [b, a] })).runs("a").due).toEqual(
      [],
    );
  });

  test.each([
    {
      condition: "SUCCESS",
      exitCode: 3,
      reason: "container a cannot become SUCCESS: it exited with 3",
    },
    { condition: "HEALTHY", exitCode: 0, reason: "container a cannot become HEALTHY: it stopped" },
  ])("$condition: fails the task when it cannot come", ({ condition, exitCode, reason }) => {
    const a = aPayloadContainer({ name: "a", essential: false });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", condition) });
    const c = aPayloadContainer({ name: "c", dependsOn: dependsOn("b", "START") });
    const story = new AgentStory().arrives(aPayloadTask({ containers: [a, b, c] })).runs("a");
    story.exits("a", exitCode).accepts();
    expect(story.report()?.status).toBe("STOPPED");
    expect(story.state.tasks.get(ARN)?.containers).toMatchObject([
      { exitCode },
      { phase: "STOPPED", reason: `TaskDependencyError: ${reason}` },
      { phase: "STOPPED" },
    ]);
  });

  test("fail together when one never started", () => {
    const a = aPayloadContainer({ name: "a", essential: false });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", "COMPLETE") });
    const story = new AgentStory().arrives(aPayloadTask({ containers: [a, b] }));
    const container = { taskArn: ARN, name: "a" };
    story.tell({ kind: "failed", container, reason: "CannotPullContainerError: none" });
    expect(story.report()?.containers.map(({ reason }) => reason)).toEqual([
      "CannotPullContainerError: none",
      "TaskDependencyError: container a cannot become COMPLETE: it never started",
    ]);
  });

  test("give up when the start timeout is over", () => {
    const a = aPayloadContainer({ name: "a", startTimeout: 10 });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", "HEALTHY") });
    const story = new AgentStory().arrives(aPayloadTask({ containers: [a, b] })).runs("a");
    expect(story.wakesIn).toBe(10_000);
    story.now += 10_000;
    expect(story.tell({ kind: "tick" }).due).toContain("stop a 30s");
  });

  test("stop in reverse: what others depend on goes last", () => {
    const a = aPayloadContainer({ name: "a" });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", "START") });
    const c = aPayloadContainer({ name: "c", links: ["b"] });
    const story = new AgentStory()
      .arrives(aPayloadTask({ containers: [a, b, c] }))
      .runs("a", "b", "c");
    story.accepts().tell({ kind: "stopOrdered", taskArn: ARN });
    expect(story.due).toEqual(["stop c 30s"]);
    expect(story.exits("c", 0).due).toEqual(["stop b 30s"]);
    expect(story.exits("b", 0).due).toEqual(["stop a 30s"]);
  });
});
