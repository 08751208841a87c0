import type { Task } from "@berth/domain/task";
import type { Cause } from "@berth/domain/task";
import { aDeployment, aTask, aTaskContainer, instanceId } from "@berth/testing/builders";
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
import { tellChange, tellStop, tellStory } from "./story.ts";

describe("why a task stops", () => {
  test("is not asked of one that runs", () => {
    expect(tellStop(aTask({ history: [{ at: 1, to: "PENDING", cause: byService }] }))).toEqual([]);
  });

  test("a deployment that takes the place of its own, and who asked for it", () => {
    const deployments = [
      aDeployment({ id: NEW, taskDefinition: "web:2", createdAt: 500 }),
      aDeployment({ id: OLD }),
    ];
    const latestChange = aChange({ deploymentId: NEW });
    expect(lines(tellStop(aStoppedTask(), { deployments, latestChange }))).toEqual([
      `500 UpdateService by ${ALICE} (request r-2) began deployment ${NEW} of web:2, which takes the place of ${OLD}.`,
      ASKED,
      ...ENDED,
    ]);
  });

  test("the same, where a later request has taken the place of that one", () => {
    const deployments = [aDeployment({ id: NEW, taskDefinition: "web:2", createdAt: 500 })];
    const latestChange = aChange({ at: 800, desiredCount: 9 });
    expect(lines(tellStop(aStoppedTask(), { deployments, latestChange }))).toEqual([
      `500 There was deployment ${NEW} of web:2, which takes the place of ${OLD}.`,
      ASKED,
      ...ENDED,
    ]);
  });

  test("a smaller count, and who set it", () => {
    const latestChange = aChange({ desiredCount: 1 });
    const deployments = [aDeployment({ id: OLD })];
    expect(lines(tellStop(aStoppedTask(), { deployments, latestChange }))).toEqual([
      `500 UpdateService by ${ALICE} (request r-2) set the desired count to 1.`,
      ASKED,
      ...ENDED,
    ]);
  });

  test("the newest of the deployments that there were by then", () => {
    const deployments = [
      aDeployment({ id: "ecs-svc/4", taskDefinition: "web:4", createdAt: 601 }),
      aDeployment({ id: NEW, taskDefinition: "web:2", createdAt: 500 }),
      aDeployment({ id: "ecs-svc/3", taskDefinition: "web:3", createdAt: 600 }),
      aDeployment({ id: OLD }),
    ];
    expect(lines(tellStop(aStoppedTask(), { deployments }))[0]).toBe(
      `600 There was deployment ecs-svc/3 of web:3, which takes the place of ${OLD}.`,
    );
  });

  test("nothing that was asked for, or that failed, later", () => {
    const later = aChange({ at: 601, desiredCount: 1 });
    const failed = aDeployment({ id: OLD, rolloutState: "FAILED", updatedAt: 601 });
    for (const service of [
      { deployments: [aDeployment({ id: OLD })], latestChange: later },
      { deployments: [failed] },
    ]) {
      expect(lines(tellStop(aStoppedTask(), service))).toEqual([ASKED, ...ENDED]);
    }
  });

  test("what was asked for, or failed, in the very millisecond of the stop; each step has its cause", () => {
    const causes = (service: Parameters<typeof tellStop>[1]) =>
      tellStop(aStoppedTask(), service).map(({ cause }) => cause);
    const ended = [byService, { kind: "container", name: "main", exitCode: 143 }, bySelf];
    const asked = aChange({ at: 600, desiredCount: 1 });
    expect(causes({ deployments: [aDeployment({ id: OLD })], latestChange: asked })).toEqual([
      { kind: "serviceChange", ...asked },
      ...ended,
    ]);
    const failed = aDeployment({ id: OLD, rolloutState: "FAILED", updatedAt: 600 });
    expect(causes({ deployments: [failed] })).toEqual([{ kind: "deployment", id: OLD }, ...ended]);
  });

  test("in its order where all happens at once: the request, the containers, the rest", () => {
    const latestChange = aChange({ at: 700, desiredCount: 1 });
    const history = aStoppedTask().history.map((entry) => Object.assign({ ...entry }, { at: 700 }));
    const task = aStoppedTask({ history, executionStoppedAt: 700 });
    const told = tellStop(task, { deployments: [aDeployment({ id: OLD })], latestChange });
    expect(told.map(({ cause }) => cause.kind)).toEqual([
      "serviceChange",
      "container",
      "deployment",
      "agent",
    ]);
  });

  test("the circuit breaker, that gave up its deployment", () => {
    const failed = aDeployment({
      id: OLD,
      rolloutState: "FAILED",
      rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
      updatedAt: 590,
    });
    const latestChange = aChange({ deploymentId: OLD, desiredCount: 1 });
    expect(lines(tellStop(aStoppedTask(), { deployments: [failed], latestChange }))).toEqual([
      `590 Deployment ${OLD} FAILED: ECS deployment circuit breaker: tasks failed to start.`,
      ASKED,
      ...ENDED,
    ]);
  });

  test.each([
    { name: "a health check", task: { stoppedReason: "Task failed container health checks" } },
    { name: "an instance that drains", task: { draining: true } },
  ])("$name has nothing to do with the count that somebody set", ({ task }) => {
    const latestChange = aChange({ desiredCount: 1 });
    const [first] = tellStop(aStoppedTask(task), { deployments: [], latestChange });
    expect(first?.cause).toEqual(byService);
  });

  test("an instance that drains, and who asked for that", () => {
    const task = aStoppedTask({ draining: true });
    const drained = { at: 400, to: "draining", cause: byAlice("UpdateContainerInstancesState") };
    const history = [...task.history, drained];
    expect(lines(tellStop({ ...task, history })).slice(0, 2)).toEqual([
      `400 UpdateContainerInstancesState by ${ALICE} (request r-1) set container instance ${instanceId(1)} to DRAINING.`,
      expect.stringContaining("asked it to stop while its container instance drained") as string,
    ]);
  });

  test("no instance that drains, where something else was first", () => {
    const task = aStoppedTask({ draining: true }, byAlice("StopTask"));
    const cause: Cause = { kind: "controlPlane", reason: "EC2 told that it is leaving" };
    const story = tellStory({
      ...task,
      history: [...task.history, { at: 650, to: "draining", cause }],
    });
    const told = `The control plane set container instance ${instanceId(1)} to DRAINING: EC2 told that it is leaving.`;
    expect(lines(story)).toContain(`650 ${told}`);
    expect(tellStop(task).map(({ text }) => text)).not.toContain(told);
  });

  test("says that the instance drained", () => {
    expect(lines(tellStop(aStoppedTask({ draining: true })))[0]).toBe(
      `600 Deployment ${OLD} of service web asked it to stop while its container instance drained: Scaling activity initiated by (deployment ${OLD}).`,
    );
  });

  test("StopTask, by whom and with what reason", () => {
    const task = aStoppedTask({ stoppedReason: "too old" }, byAlice("StopTask"));
    const latestChange = aChange({ desiredCount: 1 });
    expect(lines(tellStop(task, { deployments: [], latestChange }))).toEqual([
      `600 StopTask by ${ALICE} (request r-1) asked it to stop: too old.`,
      ...ENDED,
    ]);
  });

  test("its own end", () => {
    const task = aStoppedTask({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [aTaskContainer({ lastStatus: "STOPPED", exitCode: 3 })],
      history: [
        { at: 100, to: "PENDING", cause: byService },
        { at: 700, to: "STOPPED", cause: bySelf },
      ],
    });
    expect(lines(tellStop(task, { deployments: [] }))).toEqual([
      "690 Container main exited with code 3.",
      "700 Its agent reported it STOPPED, EssentialContainerExited: Essential container in task exited.",
    ]);
  });

  test("the loss of its instance", () => {
    const reason = "Container instance lost.";
    const history = [
      { at: 700, to: "STOPPED", cause: { kind: "controlPlane", reason } },
    ] satisfies Task["history"];
    const task = aStoppedTask({ containers: [aTaskContainer()], history });
    expect(lines(tellStop(task))).toEqual([
      "700 The control plane declared it STOPPED: Container instance lost.",
    ]);
  });
});

describe("a change of a service", () => {
  test.each([
    [{ deploymentId: NEW }, `began deployment ${NEW}`],
    [{ desiredCount: 0 }, "set the desired count to 0"],
    [
      { deploymentId: NEW, desiredCount: 2 },
      `began deployment ${NEW} and set the desired count to 2`,
    ],
  ])("%j is told", (change, text) => {
    expect(tellChange(aChange(change)).text).toBe(
      `UpdateService by ${ALICE} (request r-2) ${text}.`,
    );
  });
});
