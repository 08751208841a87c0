import { aPayloadTask } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import type { KnownBefore } from "./event.ts";
import { knownBefore } from "./observe.ts";
import { AgentStory, ARN } from "./testing/agent-story.ts";

const container = { taskArn: ARN, name: "web" };
const operation = { kind: "start", container, dockerId: "id-web" } as const;

/** A container whose start took too long, told to the control plane as such. */
function givenUp(): AgentStory {
  const story = new AgentStory().arrives(aPayloadTask());
  story.tell(
    { kind: "created", container, dockerId: "id-web" },
    { kind: "begun", taskArn: ARN, operation },
    { kind: "failed", container, reason: "DockerTimeoutError: x" },
  );
  return story.accepts();
}

const shownRunning = (before: KnownBefore) => {
  const seen = { ...container, family: "web", version: "1", dockerId: "id-web" } as const;
  const containers = [{ ...seen, phase: "RUNNING", startedAt: 5 } as const];
  return { kind: "observed", observation: { containers, before } } as const;
};

test("what the engine starts after it was given up is stopped", () => {
  const story = givenUp().tell({ kind: "runs", container, dockerId: "id-web" });
  expect(story.due).toEqual(["stop web 30s"]);
  story.exits("web", 137);
  expect(story.due).toEqual([]);
});

test("so is what a look shows, but not where the look is older than the end", () => {
  const story = givenUp();
  expect(story.tell(shownRunning(knownBefore(story.state))).due).toEqual(["stop web 30s"]);

  const ended = new AgentStory().arrives(aPayloadTask()).runs("web").accepts();
  const before = knownBefore(ended.state);
  ended.exits("web", 0).accepts();
  expect(ended.tell(shownRunning(before)).due).toEqual([]);
});

test("a stop of it that shows no effect is repeated", () => {
  const story = givenUp().tell(
    { kind: "runs", container, dockerId: "id-web" },
    { kind: "stopSent", container, retryAt: 6_000 },
  );
  expect(story.due).toEqual([]);
  expect(story.wakesIn).toBe(5_000);
  story.now = 6_000;
  expect(story.due).toEqual(["stop web 30s"]);
});
