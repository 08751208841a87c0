import type { PayloadContainer } from "@berth/contracts/agent/messages";
import type { ContainerEngine, ContainerLook } from "./engine.ts";
import { ContainerError } from "./engine.ts";
import type { AgentEvent, ContainerKey } from "./event.ts";
import type { Log } from "./log.ts";
import type { Operation } from "./operation.ts";
import type { TaskStateChange } from "./report.ts";
import type { TaskSources } from "./sources/task-sources.ts";
import { definitionOf, isAtLeast, type ManagedTask } from "./state.ts";

interface PerformerParts {
  readonly engine: ContainerEngine;
  readonly sources: TaskSources;
  readonly log: Log;
  readonly submit: (change: TaskStateChange) => Promise<void>;
}

/** A stop that was told but showed no exit is told again after so long: its event may be lost. */
const STOP_CHECK_MS = 10_000;
const STOP_RETRY_MS = 5_000;
const CLEAN_RETRY_MS = 30_000;

type EngineOperation = Exclude<Operation, { kind: "report" | "clean" | "stop" }>;

/** Does one operation and says what came of it. */
export class Performer {
  readonly #parts: PerformerParts;

  constructor(parts: PerformerParts) {
    this.#parts = parts;
  }

  /** Never throws; undefined where the agent is shutting down. */
  async perform(operation: Operation, task: ManagedTask): Promise<AgentEvent | undefined> {
    this.#parts.log.debug("operation", { operation: operation.kind, task: task.arn });
    if (operation.kind === "report") return this.#report(operation.change);
    if (operation.kind === "stop") return this.#stop(operation);
    if (operation.kind === "clean") return this.#clean(task);
    return this.#advance(operation, task);
  }

  async #advance(operation: EngineOperation, task: ManagedTask): Promise<AgentEvent> {
    try {
      return await this.#ask(operation, task);
    } catch (error) {
      const reason = reasonOf(error);
      this.#parts.log.warn("operation-failed", {
        operation: operation.kind,
        task: task.arn,
        reason,
      });
      return failureOf(operation, reason);
    }
  }

  async #ask(operation: EngineOperation, task: ManagedTask): Promise<AgentEvent> {
    const { engine, sources } = this.#parts;
    if (operation.kind === "fetchSources") {
      const isFetched = (await sources.fetch(task.payload)) === "fetched";
      return { kind: isFetched ? "sourcesReady" : "sourcesAwaited", taskArn: task.arn };
    }
    if (operation.kind === "ensureVolumes") {
      await engine.ensureVolumes(task.payload);
      return { kind: "volumesReady", taskArn: task.arn };
    }
    const { container } = operation;
    if (operation.kind === "pull") {
      const login = sources.loginFor(task.arn, container.name);
      return { kind: "pulled", container, image: await engine.ensureImage(operation.image, login) };
    }
    const definition = definitionOf(task, container.name);
    if (!definition) throw new ContainerError("CannotCreateContainerError: unknown container");
    if (operation.kind === "create") {
      return { kind: "created", container, dockerId: await this.#create(task, definition) };
    }
    const started = await engine.start(operation.dockerId, task.payload, definition);
    return { kind: "started", container, ...started };
  }

  async #create(task: ManagedTask, definition: PayloadContainer): Promise<string> {
    const { engine, sources } = this.#parts;
    const login = sources.loginFor(task.arn, definition.name);
    const whole = sources.applied(task.payload, definition);
    const dockerId = await engine.create(task.payload, whole, login);
    const others = task.containers.filter(({ name }) => name !== definition.name);
    if (others.every(({ phase }) => isAtLeast(phase, "CREATED"))) sources.forget(task.arn);
    return dockerId;
  }

  async #stop(operation: Extract<Operation, { kind: "stop" }>): Promise<AgentEvent> {
    const { container, dockerId, timeoutMs } = operation;
    try {
      const look = await this.#parts.engine.stop(dockerId, timeoutMs);
      const exit = look && exitFrom(container, dockerId, look);
      return exit ?? { kind: "stopSent", container, retryAt: Date.now() + STOP_CHECK_MS };
    } catch (error) {
      this.#parts.log.warn("stop-failed", { task: container.taskArn, reason: reasonOf(error) });
      return { kind: "stopSent", container, retryAt: Date.now() + STOP_RETRY_MS };
    }
  }

  async #report(change: TaskStateChange): Promise<AgentEvent | undefined> {
    try {
      await this.#parts.submit(change);
      if (change.status === "STOPPED") this.#parts.sources.forget(change.taskArn);
      this.#parts.log.info("reported", { task: change.taskArn, status: change.status });
      return { kind: "reportAccepted", taskArn: change.taskArn, change };
    } catch (error) {
      // It is retried for ever, so this is the end of the process, or a bug worth seeing.
      this.#parts.log.debug("report-abandoned", { task: change.taskArn, error });
      return undefined;
    }
  }

  async #clean(task: ManagedTask): Promise<AgentEvent> {
    try {
      this.#parts.sources.forget(task.arn);
      await this.#parts.engine.clean(task);
      return { kind: "cleaned", taskArn: task.arn };
    } catch (error) {
      this.#parts.log.warn("clean-failed", { task: task.arn, reason: reasonOf(error) });
      return { kind: "cleanFailed", taskArn: task.arn, retryAt: Date.now() + CLEAN_RETRY_MS };
    }
  }
}

function failureOf(operation: EngineOperation, reason: string): AgentEvent {
  switch (operation.kind) {
    case "ensureVolumes":
      return { kind: "volumesFailed", taskArn: operation.taskArn, reason };
    case "fetchSources":
      return { kind: "sourcesFailed", taskArn: operation.taskArn, reason };
    case "pull":
    case "create":
    case "start":
      return { kind: "failed", container: operation.container, reason };
  }
}

function exitFrom(
  container: ContainerKey,
  dockerId: string,
  look: ContainerLook,
): AgentEvent | undefined {
  if (look.kind === "gone") {
    const reason = "CannotInspectContainerError: the container does not exist any more";
    return { kind: "exited", container, exit: { dockerId, finishedAt: Date.now(), reason } };
  }
  const { phase, finishedAt = Date.now(), exitCode, reason } = look.container;
  if (phase !== "STOPPED") return undefined;
  return {
    kind: "exited",
    container,
    exit: {
      dockerId,
      finishedAt,
      ...(exitCode !== undefined && { exitCode }),
      ...(reason !== undefined && { reason }),
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof ContainerError) return error.reason;
  return `ContainerRuntimeError: ${error instanceof Error ? error.message : String(error)}`;
}
