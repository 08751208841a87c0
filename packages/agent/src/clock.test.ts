import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { ClockWatch } from "./clock.ts";
import { AgentStory, ARN } from "./testing/agent-story.ts";

const HOUR = 3_600_000;

test("tells a clock that was set from time that passed", () => {
  let [now, steady] = [1_000, 0];
  const watch = new ClockWatch({ now: () => now, steady: () => steady });
  [now, steady] = [now + HOUR, steady + HOUR];
  expect(watch.jump()).toBe(0);
  now += HOUR;
  expect(watch.jump()).toBe(HOUR);
  expect(watch.jump()).toBe(0);
  now -= 2 * HOUR;
  expect(watch.jump()).toBe(-2 * HOUR);
});

/** Late enough for a clock to be set back. */
function aStory(): AgentStory {
  const story = new AgentStory();
  story.now = 10 * HOUR;
  return story;
}

/** A clock that is set while the story goes on: no time passes. */
function setClock(story: AgentStory, byMs: number): AgentStory {
  story.now += byMs;
  return story.tell({ kind: "clockSet", byMs });
}

const JUMPS = [HOUR, -HOUR];

test.each(JUMPS)("a stop that failed is tried again as soon with a jump of %d ms", (byMs) => {
  const story = aStory().arrives(aPayloadTask()).runs("web").accepts();
  story.tell(
    { kind: "stopOrdered", taskArn: ARN },
    { kind: "stopSent", container: { taskArn: ARN, name: "web" }, retryAt: story.now + 5_000 },
  );
  setClock(story, byMs);
  expect(story.due).toEqual([]);
  expect(story.wakesIn).toBe(5_000);
});

test.each(JUMPS)("a task is kept after its end as long with a jump of %d ms", (byMs) => {
  const story = aStory().arrives(aPayloadTask()).runs("web").accepts();
  story.exits("web", 0).accepts();
  setClock(story, byMs);
  expect(story.due).toEqual([]);
  expect(story.wakesIn).toBe(10_000);
});

test.each(JUMPS)("a container has its start timeout with a jump of %d ms", (byMs) => {
  const first = aPayloadContainer({ name: "first", startTimeout: 60 });
  const dependsOn = [{ containerName: "first", condition: "COMPLETE" }];
  const containers = [first, aPayloadContainer({ dependsOn })];
  const story = aStory().arrives(aPayloadTask({ containers })).runs("first");
  setClock(story, byMs).tell({ kind: "tick" });
  expect(story.state.tasks.get(ARN)?.containers[1]?.phase).toBe("NONE");
  expect(story.wakesIn).toBe(60_000);
});

test.each(JUMPS)("a restart policy counts what the program ran with a jump of %d ms", (byMs) => {
  const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
  const containers = [aPayloadContainer({ restartPolicy })];
  const story = aStory().arrives(aPayloadTask({ containers })).runs("web").accepts();
  story.now += 30_000;
  setClock(story, byMs);
  story.exits("web", 1);
  expect(story.due).toEqual(["report STOPPED"]);

  const longer = aStory().arrives(aPayloadTask({ containers })).runs("web").accepts();
  longer.now += 60_000;
  setClock(longer, byMs);
  longer.exits("web", 1);
  expect(longer.due).toEqual(["start web"]);
});

test("the end of a second run is heard though the clock was set back before it", () => {
  const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
  const containers = [aPayloadContainer({ restartPolicy })];
  const story = aStory().arrives(aPayloadTask({ containers }));
  story.runs("web").accepts();
  story.now += 60_000;
  story.exits("web", 1);
  const container = { taskArn: ARN, name: "web" };
  const operation = { kind: "start", container, dockerId: "id-web" } as const;
  story.tell({ kind: "begun", taskArn: ARN, operation });
  story.tell({ kind: "started", container, startedAt: story.now, networkBindings: [] });
  setClock(story, -HOUR);
  story.now += 1_000;
  story.exits("web", 1);
  expect(story.due).toEqual(["report STOPPED"]);
});
