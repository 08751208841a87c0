import type { PayloadTask } from "@berth/contracts/agent/messages";
import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { apply } from "./apply.ts";
import type { AgentEvent } from "./event.ts";
import type { Operation } from "./operation.ts";
import type { AgentState } from "./state.ts";
import { nextWakeAt, step } from "./step.ts";

const SETTINGS = { cleanupWaitMs: 10_000, stopTimeoutMs: 30_000 };
const CAPACITY = { cpuUnits: 1_024, memoryMiB: 1_024, usedTcpPorts: [22], usedUdpPorts: [] };
const ARN = payloadTaskArn();

/** An agent in a story: events go in, and what is due comes out in brief. */
class Story {
  state: AgentState = { capacity: CAPACITY, tasks: new Map() };
  now = 1_000;

  tell(...events: readonly AgentEvent[]): this {
    for (const event of events) this.state = apply(this.state, event, this.now);
    return this;
  }

  arrives(...tasks: readonly PayloadTask[]): this {
    for (const task of tasks) {
      this.tell({ kind: "taskArrived", task }, { kind: "taskRecorded", taskArn: task.arn });
    }
    return this;
  }

  /** Brings containers up, as if every operation had succeeded. */
  runs(...names: readonly string[]): this {
    for (const name of names) {
      const container = { taskArn: ARN, name };
      this.tell(
        { kind: "begun", taskArn: ARN, operation: { kind: "pull", container, image: "web:1" } },
        { kind: "pulled", container, image: {} },
        { kind: "created", container, dockerId: `id-${name}` },
        { kind: "started", container, startedAt: this.now, networkBindings: [] },
      );
    }
    return this;
  }

  exits(name: string, exitCode: number): this {
    const exit = { dockerId: `id-${name}`, finishedAt: this.now, exitCode };
    return this.tell({ kind: "exited", container: { taskArn: ARN, name }, exit });
  }

  get due(): readonly string[] {
    return step(this.state, SETTINGS, this.now).map(brief);
  }

  get wakesIn(): number | undefined {
    const at = nextWakeAt(this.state, SETTINGS, this.now);
    return at === undefined ? undefined : at - this.now;
  }

  report() {
    const report = step(this.state, SETTINGS, this.now).find(({ kind }) => kind === "report");
    return report?.kind === "report" ? report.change : undefined;
  }

  /** The control plane accepts what is due to be reported. */
  accepts(): this {
    const change = this.report();
    if (!change) throw new Error("nothing is due to be reported");
    return this.tell({ kind: "reportAccepted", taskArn: change.taskArn, change });
  }
}

function brief(operation: Operation): string {
  switch (operation.kind) {
    case "pull":
    case "create":
    case "start":
      return `${operation.kind} ${operation.container.name}`;
    case "stop":
      return `stop ${operation.container.name} ${operation.timeoutMs / 1_000}s`;
    case "report":
      return `report ${operation.change.status}`;
    case "ensureVolumes":
    case "clean":
      return operation.kind;
  }
}

const dependsOn = (containerName: string, condition: string) => [{ containerName, condition }];

describe("a task of one container", () => {
  const key = { taskArn: ARN, name: "web" };

  test("is pulled, created, started and reported, one after the other", () => {
    const story = new Story().arrives(aPayloadTask());
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
    expect(new Story().tell({ kind: "taskArrived", task: aPayloadTask() }).due).toEqual([]);
  });

  test("makes its volumes first", () => {
    const story = new Story().arrives(aPayloadTask({ volumes: [{ name: "v", type: "docker" }] }));
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

  test("is stopped with its own timeout, else with the agent's", () => {
    const own = aPayloadTask({ containers: [aPayloadContainer({ stopTimeout: 5 })] });
    const stop = { kind: "stopOrdered", taskArn: ARN } as const;
    expect(new Story().arrives(own).runs("web").accepts().tell(stop).due).toEqual(["stop web 5s"]);
    expect(new Story().arrives(aPayloadTask()).runs("web").accepts().tell(stop).due).toEqual([
      "stop web 30s",
    ]);
  });

  test("is STOPPED at once when it is stopped before anything was created", () => {
    const story = new Story().arrives(aPayloadTask()).tell({ kind: "stopOrdered", taskArn: ARN });
    expect(story.report()).toMatchObject({
      status: "STOPPED",
      containers: [{ status: "STOPPED" }],
    });
  });

  test("does not wait for a pull when it is stopped, nor use what it brings", () => {
    const story = new Story().arrives(aPayloadTask());
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
    const story = new Story().arrives(aPayloadTask()).runs();
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
    const story = new Story().arrives(aPayloadTask());
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
    const story = new Story().arrives(aPayloadTask());
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
    const story = new Story().arrives(aPayloadTask()).runs("web").accepts();
    story.tell({ kind: "stopOrdered", taskArn: ARN });
    story.tell({ kind: "stopSent", container: key, retryAt: story.now + 500 });
    expect(story.due).toEqual([]);
    expect(story.wakesIn).toBe(500);
    story.now += 500;
    expect(story.due).toEqual(["stop web 30s"]);
  });

  test("is removed after the wait, once STOPPED was accepted", () => {
    const story = new Story().arrives(aPayloadTask()).runs("web").accepts().exits("web", 1);
    story.now += 60_000;
    expect(story.due).toEqual(["report STOPPED"]);
    expect(story.accepts().due).toEqual(["clean"]);
    story.tell({ kind: "cleanFailed", taskArn: ARN, retryAt: story.now + 5 });
    expect(story.due).toEqual([]);
    expect(story.wakesIn).toBe(5);
  });

  test("is not started anew when it is sent again", () => {
    const story = new Story()
      .arrives(aPayloadTask())
      .runs("web")
      .accepts()
      .exits("web", 1)
      .accepts();
    expect(story.arrives(aPayloadTask()).due).toEqual([]);
    expect(story.wakesIn).toBe(SETTINGS.cleanupWaitMs);
  });

  test("tells when its last essential container ended, and its pull", () => {
    const story = new Story().arrives(aPayloadTask());
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

describe("containers that depend on each other", () => {
  test.each([
    { condition: "START", before: "is not running", make: (story: Story) => story.runs("a") },
    {
      condition: "COMPLETE",
      before: "runs",
      make: (story: Story) => story.runs("a").exits("a", 3),
    },
    { condition: "SUCCESS", before: "runs", make: (story: Story) => story.runs("a").exits("a", 0) },
    {
      condition: "HEALTHY",
      before: "was not checked",
      make: (story: Story) =>
        story.runs("a").tell({
          kind: "healthChanged",
          container: { taskArn: ARN, name: "a" },
          health: { status: "HEALTHY", since: 1 },
        }),
    },
  ])("$condition: waits while the other $before, then goes on", ({ condition, make }) => {
    const a = aPayloadContainer({ name: "a", essential: false });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", condition) });
    const story = new Story().arrives(aPayloadTask({ containers: [b, a] }));
    expect(story.due).toEqual(["pull a"]);
    if (condition !== "START")
      expect(new Story().arrives(aPayloadTask({ containers: [b, a] })).runs("a").due).toEqual([]);
    expect(make(story).due).toContain("pull b");
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
    const story = new Story().arrives(aPayloadTask({ containers: [a, b, c] })).runs("a");
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
    const story = new Story().arrives(aPayloadTask({ containers: [a, b] }));
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
    const story = new Story().arrives(aPayloadTask({ containers: [a, b] })).runs("a");
    expect(story.wakesIn).toBe(10_000);
    story.now += 10_000;
    expect(story.tell({ kind: "tick" }).due).toContain("stop a 30s");
  });

  test("stop in reverse: what others depend on goes last", () => {
    const a = aPayloadContainer({ name: "a" });
    const b = aPayloadContainer({ name: "b", dependsOn: dependsOn("a", "START") });
    const c = aPayloadContainer({ name: "c", links: ["b"] });
    const story = new Story().arrives(aPayloadTask({ containers: [a, b, c] })).runs("a", "b", "c");
    story.accepts().tell({ kind: "stopOrdered", taskArn: ARN });
    expect(story.due).toEqual(["stop c 30s"]);
    expect(story.exits("c", 0).due).toEqual(["stop b 30s"]);
    expect(story.exits("b", 0).due).toEqual(["stop a 30s"]);
  });
});

describe("essential containers", () => {
  test("take the task with them", () => {
    const side = aPayloadContainer({ name: "side", essential: false });
    const story = new Story().arrives(aPayloadTask({ containers: [aPayloadContainer(), side] }));
    story.runs("web", "side").accepts().exits("web", 1);
    expect(story.due).toEqual(["stop side 30s"]);
  });

  test("do not go with others, whose end is told while the task goes on", () => {
    const side = aPayloadContainer({ name: "side", essential: false });
    const story = new Story().arrives(aPayloadTask({ containers: [aPayloadContainer(), side] }));
    story.runs("web", "side").accepts().exits("side", 4);
    expect(story.report()).toMatchObject({
      status: "RUNNING",
      containers: [{ containerName: "side", status: "STOPPED", exitCode: 4 }],
    });
    expect(story.accepts().due).toEqual([]);
  });
});

describe("the resource gate", () => {
  const withPort = (number: number, hostPort: number) =>
    aPayloadTask({
      arn: payloadTaskArn(number),
      containers: [
        aPayloadContainer({ portMappings: [{ containerPort: 80, hostPort, protocol: "tcp" }] }),
      ],
    });

  test("holds a task back until the port that it needs is free", () => {
    const story = new Story().arrives(withPort(1, 80), withPort(2, 80)).runs("web").accepts();
    expect(story.due).toEqual([]);
    story.tell({ kind: "stopOrdered", taskArn: ARN });
    expect(story.due).toEqual(["stop web 30s"]);
    story.exits("web", 0);
    expect(story.due).toEqual(["report STOPPED", "pull web"]);
  });

  test("keeps the order of arrival, so that a large task is not starved", () => {
    const sized = (number: number, memory: number) =>
      aPayloadTask({ arn: payloadTaskArn(number), memory, containers: [aPayloadContainer()] });
    const story = new Story().arrives(sized(1, 600), sized(2, 600), sized(3, 100));
    expect(story.due).toEqual(["pull web"]);
    story.tell({ kind: "stopOrdered", taskArn: payloadTaskArn(1) });
    expect(story.due).toEqual(["report STOPPED", "pull web", "pull web"]);
  });

  test.each([
    { task: withPort(1, 22), reason: "TaskFailedToStart: RESOURCE:PORTS" },
    { task: aPayloadTask({ cpu: 2 }), reason: "TaskFailedToStart: RESOURCE:CPU" },
    { task: aPayloadTask({ memory: 2_048 }), reason: "TaskFailedToStart: RESOURCE:MEMORY" },
  ])("stops what could never fit: $reason", ({ task, reason }) => {
    const story = new Story().arrives(task, withPort(2, 81));
    expect(story.report()).toMatchObject({ status: "STOPPED", reason });
    expect(story.due).toEqual(["report STOPPED", "pull web"]);
  });
});
