import type { ExplainedStep, TaskExplanation } from "@berth/contracts/rest/explanation";
import { expect, test } from "vitest";
import { whyTaskText } from "./why-task-text.ts";

const ARN = "arn:aws:ecs:us-east-1:000000000000";
const step = (second: number, text: string): ExplainedStep => ({
  at: `2026-01-01T00:00:0${second}.000Z`,
  text,
  cause: { kind: "agent" },
});

const task: TaskExplanation = {
  taskArn: `${ARN}:task/default/t1`,
  taskDefinitionArn: `${ARN}:task-definition/web:1`,
  group: "service:web",
  containerInstanceArn: `${ARN}:container-instance/default/i1`,
  availabilityZone: "us-east-1a",
  lastStatus: "PENDING",
  desiredStatus: "RUNNING",
  placement: { kind: "chosen", sentences: ["All 3 could take it.", "It was drawn."] },
  history: [step(1, "It was placed.")],
};

test("shows where a task is and why, and what it waits for", () => {
  const waiting = {
    for: "its agent to pull",
    since: "2026-01-01T00:00:02.000Z",
    until: { at: "2026-01-01T00:01:00.000Z", what: "it is lost" },
    next: { what: "it starts" },
  };
  expect(whyTaskText({ ...task, waiting })).toBe(
    `
Task t1 of service:web, web:1: PENDING, to be RUNNING
On container instance i1 in us-east-1a
  All 3 could take it.
  It was drawn.
Waits since 2026-01-01T00:00:02.000Z for its agent to pull
  next: it starts
  until: 2026-01-01T00:01:00.000Z: it is lost
What happened
  2026-01-01T00:00:01.000Z It was placed.
`.trim(),
  );
});

test("shows the causes of a stop first, and what was before without them", () => {
  const causes = [step(2, "Somebody asked."), step(3, "It ended.")];
  const text = whyTaskText({
    ...task,
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stop: { stopCode: "UserInitiated", stoppedReason: "too old", causes },
    history: [...task.history, ...causes],
  });
  expect(text).toBe(
    `
Task t1 of service:web, web:1: STOPPED
On container instance i1 in us-east-1a
  All 3 could take it.
  It was drawn.
Why it stops: UserInitiated: too old
  2026-01-01T00:00:02.000Z Somebody asked.
  2026-01-01T00:00:03.000Z It ended.
Before that
  2026-01-01T00:00:01.000Z It was placed.
`.trim(),
  );
});
