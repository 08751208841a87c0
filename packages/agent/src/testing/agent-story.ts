import type { PayloadTask } from "@berth/contracts/agent/messages";
import { apply } from "../apply.ts";
import type { AgentEvent } from "../event.ts";
import type { Operation } from "../operation.ts";
import type { TaskStateChange } from "../report.ts";
import type { AgentState } from "../state.ts";
import { nextWakeAt, step } from "../step.ts";

export const SETTINGS = { cleanupWaitMs: 10_000, stopTimeoutMs: 30_000 };
const CAPACITY = { cpuUnits: 1_024, memoryMiB: 1_024, usedTcpPorts: [22], usedUdpPorts: [] };
export const ARN =
  "arn:aws:ecs:us-east-1:123456789012:task/default/00000000000000000000000000000001";

/** An agent in a story: events go in, and what is due comes out in brief. */
export class AgentStory {
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

  report(): TaskStateChange | undefined {
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
    case "fetchSources":
    case "clean":
      return operation.kind;
  }
}
