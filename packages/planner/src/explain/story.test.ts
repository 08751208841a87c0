import type { ServiceChange } from "@berth/domain/service-change";
import type { Cause } from "@berth/domain/task";
import { aTask, instanceId } from "@berth/testing/builders";
import {
  ALICE,
  ASKED,
  ENDED,
  NEW,
  OLD,
  aChange,
  aStoppedTask,
  byAlice,
  bySelf,
  byService,
  lines,
} from "@berth/testing/stop-stories";
import { describe, expect, test } from "vitest";
import { tellStop, tellStory } from "./story.ts";

describe("a task of a task set", () => {
  const bySet: Cause = { kind: "taskSet", id: OLD };
  const change = (operation: ServiceChange["operation"], scale: number) =>
    aChange({ operation, taskSet: { id: OLD, scale } });
  const ofSet = aStoppedTask(
    {
      history: aStoppedTask({}, bySet).history.toSpliced(0, 1, {
        at: 100,
        to: "PENDING",
        cause: bySet,
      }),
    },
    bySet,
  );
  const ordered = ASKED.replace("Deployment", "Task set");

  test.each([
    [change("DeleteTaskSet", 0), `deleted task set ${OLD}`],
    [change("UpdateTaskSet", 50), `set the scale of task set ${OLD} to 50 %`],
    [aChange({ desiredCount: 1 }), "set the desired count to 1"],
  ])("stops for what was asked of its set or service: %j", (latestChange, did) => {
    expect(lines(tellStop(ofSet, { deployments: [], latestChange }))).toEqual([
      `500 ${latestChange.operation} by ${ALICE} (request r-2) ${did}.`,
      ordered,
      ...ENDED,
    ]);
  });

  test("stops for nothing that was asked of another set", () => {
    const latestChange = aChange({ operation: "DeleteTaskSet", taskSet: { id: NEW, scale: 0 } });
    expect(lines(tellStop(ofSet, { deployments: [], latestChange }))).toEqual([ordered, ...ENDED]);
  });

  test("begins with the request that made or scaled its set", () => {
    const latestChange = { ...change("CreateTaskSet", 30), at: 50 };
    const task = { ...ofSet, createdAt: 100 };
    expect(lines(tellStory(task, { deployments: [], latestChange })).slice(0, 2)).toEqual([
      `50 CreateTaskSet by ${ALICE} (request r-2) created task set ${OLD} at 30 %.`,
      `100 Task set ${OLD} of service web had it placed on container instance ${instanceId(1)}.`,
    ]);
  });
});

describe("the life of a task", () => {
  test("begins with the request that began its deployment", () => {
    const task = aTask({
      startedBy: NEW,
      pullStartedAt: 610,
      pullStoppedAt: 620,
      history: [
        { at: 600, to: "PENDING", cause: { kind: "deployment", id: NEW } },
        { at: 630, to: "RUNNING", cause: bySelf },
      ],
    });
    const latestChange = aChange({ deploymentId: NEW, desiredCount: 3 });
    expect(lines(tellStory(task, { deployments: [], latestChange }))).toEqual([
      `500 UpdateService by ${ALICE} (request r-2) began deployment ${NEW}.`,
      `600 Deployment ${NEW} of service web had it placed on container instance ${instanceId(1)}.`,
      "610 Its agent began to pull its images.",
      "620 Its images were there.",
      "630 Its agent reported it RUNNING.",
    ]);
  });

  test("says nothing of a request that began another deployment", () => {
    const task = aTask({ startedBy: OLD, history: [{ at: 1, to: "PENDING", cause: byService }] });
    const latestChange = aChange({ deploymentId: NEW });
    expect(tellStory(task, { deployments: [], latestChange })).toHaveLength(1);
  });

  test("of RunTask begins with who asked", () => {
    const history = [{ at: 1, to: "PENDING", cause: byAlice("RunTask") }];
    expect(lines(tellStory(aTask({ group: "family:web", history })))).toEqual([
      `1 RunTask by ${ALICE} (request r-1) had it placed on container instance ${instanceId(1)}.`,
    ]);
  });

  test("has each step once", () => {
    const story = tellStory(aStoppedTask(), { deployments: [], latestChange: aChange() });
    expect(new Set(lines(story)).size).toBe(story.length);
    expect(story).toHaveLength(5);
  });
});
