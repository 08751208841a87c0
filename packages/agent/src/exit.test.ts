import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { AgentStory, ARN } from "./testing/agent-story.ts";

const key = { taskArn: ARN, name: "web" };
const MINUTE_MS = 60_000;

/** A task whose container is started again after any end but with 0, once it ran for a minute. */
function aStory(policy: object = {}): AgentStory {
  const restartPolicy = {
    enabled: true,
    ignoredExitCodes: [0],
    restartAttemptPeriod: 60,
    ...policy,
  };
  const task = aPayloadTask({ containers: [aPayloadContainer({ restartPolicy })] });
  return new AgentStory().arrives(task).runs("web").accepts();
}

const webOf = ({ state }: AgentStory) => state.tasks.get(ARN)?.containers[0];

function later(story: AgentStory, ms: number): AgentStory {
  story.now += ms;
  return story;
}

/** The engine has done what was due. */
function startsAgain(story: AgentStory): AgentStory {
  const operation = { kind: "start", container: key, dockerId: "id-web" } as const;
  return story.tell(
    { kind: "begun", taskArn: ARN, operation },
    { kind: "started", container: key, startedAt: story.now, networkBindings: [] },
  );
}

describe("a container with a restart policy", () => {
  test("is started again, and nothing is said of it", () => {
    const story = later(aStory(), MINUTE_MS).exits("web", 1);
    expect(story.due).toEqual(["start web"]);
    startsAgain(story);
    expect(story.due).toEqual([]);
    expect(webOf(story)).toMatchObject({ phase: "RUNNING", restarts: { count: 1 } });
    expect(webOf(story)).not.toHaveProperty("exitCode");
  });

  test("is started again and again", () => {
    const story = aStory();
    for (let round = 0; round < 3; round += 1) {
      startsAgain(later(story, MINUTE_MS).exits("web", 1));
    }
    expect(webOf(story)?.restarts?.count).toBe(3);
  });

  test("has five minutes to run where it does not say", () => {
    const after = (ms: number) =>
      later(aStory({ restartAttemptPeriod: undefined }), ms).exits("web", 1).due;
    expect(after(5 * MINUTE_MS)).toEqual(["start web"]);
    expect(after(5 * MINUTE_MS - 1)).toEqual(["report STOPPED"]);
  });

  test.each([
    { name: "ends too early", ranMs: MINUTE_MS - 1, exitCode: 1, policy: {} },
    { name: "ends with a code that is ignored", ranMs: MINUTE_MS, exitCode: 0, policy: {} },
    { name: "has it switched off", ranMs: MINUTE_MS, exitCode: 1, policy: { enabled: false } },
  ])("stays down where it $name", ({ ranMs, exitCode, policy }) => {
    const story = later(aStory(policy), ranMs).exits("web", exitCode);
    expect(story.report()).toMatchObject({ status: "STOPPED", containers: [{ exitCode }] });
  });

  test("counts its time anew for each run", () => {
    const story = startsAgain(later(aStory(), MINUTE_MS).exits("web", 1));
    expect(later(story, MINUTE_MS - 1).exits("web", 1).due).toEqual(["report STOPPED"]);
  });

  test("is not started again once its task is to stop, and keeps the code of its end", () => {
    const story = later(aStory(), MINUTE_MS).exits("web", 7);
    story.tell({ kind: "stopOrdered", taskArn: ARN });
    expect(story.due).toEqual(["report STOPPED"]);
    expect(story.report()?.containers).toMatchObject([{ exitCode: 7 }]);
  });

  test("is stopped where its task is stopped while it is started", () => {
    const story = later(aStory(), MINUTE_MS).exits("web", 1);
    const operation = { kind: "start", container: key, dockerId: "id-web" } as const;
    story.tell({ kind: "begun", taskArn: ARN, operation }, { kind: "stopOrdered", taskArn: ARN });
    expect(story.due).toEqual([]);
    story.tell({ kind: "started", container: key, startedAt: story.now, networkBindings: [] });
    expect(story.due).toEqual(["stop web 30s"]);
  });

  test("is not taken for ended because its former end is told again", () => {
    const story = later(aStory(), MINUTE_MS).exits("web", 1);
    const endedAt = story.now;
    startsAgain(later(story, 10));
    const exit = { dockerId: "id-web", finishedAt: endedAt, exitCode: 1 };
    story.tell({ kind: "exited", container: key, exit });
    expect(webOf(story)?.phase).toBe("RUNNING");
    expect(story.due).toEqual([]);
  });

  test("is stopped with the reason where it cannot be started again for long", () => {
    const story = later(later(aStory(), MINUTE_MS).exits("web", 1), MINUTE_MS);
    story.tell({ kind: "failed", container: key, reason: "CannotStartContainerError: no" });
    expect(story.report()).toMatchObject({
      status: "STOPPED",
      containers: [{ reason: "CannotStartContainerError: no" }],
    });
  });

  test("loses the health that it had", () => {
    const story = aStory();
    const health = { status: "HEALTHY", since: 1 } as const;
    story.tell({ kind: "healthChanged", container: key, health });
    expect(webOf(later(story, MINUTE_MS).exits("web", 1))).not.toHaveProperty("health");
  });
});

test("a restart that the engine refuses is tried again for a minute: one that ends refuses first", () => {
  const story = later(aStory(), MINUTE_MS).exits("web", 1);
  const refused = {
    kind: "failed",
    container: key,
    reason: "CannotStartContainerError: x",
  } as const;
  story.tell(refused);
  expect([story.due, story.wakesIn]).toEqual([[], 3_000]);
  expect(later(story, 3_000).due).toEqual(["start web"]);
  later(story, MINUTE_MS).tell(refused);
  expect(story.report()?.containers[0]?.reason).toBe("CannotStartContainerError: x");
});
