import type { AcsMessage, PayloadTask, TaskIdentifier } from "@berth/contracts/agent/messages";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { connectAgent, disconnectAgent } from "@berth/control-plane/agents/connections";
import { receiveFromAgent } from "@berth/control-plane/agents/receive";
import { lastSegment } from "@berth/domain/arn";
import { Crash } from "./faults.ts";
import {
  BROKEN_IMAGE,
  CRASHING_IMAGE,
  ONE_OFF_IMAGE,
  SICK_AFTER_MS,
  SICK_IMAGE,
} from "./images.ts";
import type { World } from "./world.ts";

interface Container {
  readonly arn: string;
  readonly family: string;
  readonly name: string;
  status: "starting" | "running" | "stopping" | "stopped";
}

const SILENCE_LIMIT_MS = 60_000;

/** An instance with an agent that keeps the protocol, and with containers that are only said to run. */
export class FakeAgent {
  connectionId: string | undefined;
  arn = "";
  /** Powered on: a host that is off neither runs nor reports anything. */
  on = true;
  readonly containers = new Map<string, Container>();
  readonly ec2InstanceId: string;
  readonly #world: World;
  readonly #zone: string;
  #connections = 0;
  #isConnecting = false;
  #lastHeardAt = 0;

  constructor(world: World, zone: string) {
    this.#world = world;
    this.#zone = zone;
    this.ec2InstanceId = `i-${world.random.hex(17)}`;
  }

  get id(): string {
    return lastSegment(this.arn);
  }

  /** Ids of the tasks whose containers run here. */
  get running(): readonly string[] {
    return [...this.containers.values()]
      .filter(({ status }) => status === "running" || status === "stopping")
      .map(({ arn }) => lastSegment(arn));
  }

  async register(): Promise<void> {
    const answer = await this.#world.call("RegisterContainerInstance", {
      cluster: "default",
      instanceIdentityDocument: JSON.stringify({ instanceId: this.ec2InstanceId }),
      totalResources: [
        { name: "CPU", type: "INTEGER", integerValue: 2048 },
        { name: "MEMORY", type: "INTEGER", integerValue: 2048 },
        { name: "PORTS", type: "STRINGSET", stringSetValue: ["22"] },
        { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
      ],
      attributes: [
        { name: "ecs.availability-zone", value: this.#zone },
        { name: "ecs.capability.container-health-check" },
        { name: "com.amazonaws.ecs.capability.docker-remote-api.1.24" },
      ],
    });
    this.arn = answer.containerInstance?.containerInstanceArn ?? "";
    await this.connect();
    this.#hangUpOnSilence();
  }

  async connect(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    await this.#dial();
    this.#isConnecting = false;
  }

  async #dial(): Promise<void> {
    while (this.on && this.connectionId === undefined) {
      const connectionId = `${this.id}-${(this.#connections += 1)}`;
      try {
        const outcome = await this.#world.inProcess(async (context) =>
          connectAgent(
            context,
            { connectionId, kind: "acs", containerInstanceArn: this.arn },
            context,
          ),
        );
        if (outcome !== "connected") return;
        if (this.on) this.connectionId = connectionId;
        this.#lastHeardAt = this.#world.scheduler.now;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        await this.#world.scheduler.delay(500);
      }
    }
  }

  /** The connection breaks; whether the control plane hears of it is luck. */
  disconnect(): void {
    const { connectionId } = this;
    if (connectionId === undefined) return;
    this.connectionId = undefined;
    if (this.#world.random.chance(0.7)) {
      this.#world.spawn(async () =>
        this.#world.inProcess(async (context) => disconnectAgent(context, connectionId)),
      );
    }
  }

  async dialAgain(): Promise<void> {
    this.disconnect();
    await this.#world.scheduler.delay(this.#world.random.between(100, 3_000));
    await this.connect();
  }

  /** Power cut: containers are gone, and are reported once the host is back. */
  powerOff(): void {
    this.disconnect();
    this.on = false;
    for (const container of this.containers.values()) container.status = "stopped";
  }

  async comeBack(): Promise<void> {
    this.on = true;
    for (const container of this.containers.values()) {
      if (container.status === "stopped") this.#reportStopped(container, 137);
    }
    await this.connect();
  }

  /** One of the running containers exits for no reason of Berth's. */
  killOne(): void {
    const victims = [...this.containers.values()].filter(({ status }) => status === "running");
    const victim = this.#world.random.pick(victims);
    if (victim) this.#exit(victim, 1);
  }

  receive(connectionId: string, message: AcsMessage): void {
    if (!this.on || this.connectionId !== connectionId) return;
    this.#lastHeardAt = this.#world.scheduler.now;
    switch (message.type) {
      case "HeartbeatMessage":
        this.#answer("HeartbeatAckRequest", { messageId: message.message.messageId });
        break;
      case "PayloadMessage":
        for (const task of message.message.tasks) this.#take(task);
        break;
      case "TaskManifestMessage":
        this.#compare(message.message.messageId, message.message.tasks);
        break;
      case "TaskStopVerificationAck":
        for (const { taskArn } of message.message.stopTasks) this.#stop(taskArn);
        break;
      case "CloseMessage":
        break;
    }
  }

  /** As real agents do: whoever hears nothing for so long dials again. */
  #hangUpOnSilence(): void {
    this.#world.scheduler.after(5_000, () => {
      const isSilent = this.#lastHeardAt + SILENCE_LIMIT_MS <= this.#world.scheduler.now;
      if (this.connectionId !== undefined && isSilent) {
        this.#world.spawn(async () => this.dialAgain());
      }
      this.#hangUpOnSilence();
    });
  }

  #take(task: PayloadTask): void {
    if (task.desiredStatus === "STOPPED") {
      this.#stop(task.arn);
      return;
    }
    if (this.containers.has(task.arn)) return;
    const { name = "", image = "" } = task.containers[0] ?? {};
    const container: Container = { arn: task.arn, family: task.family, name, status: "starting" };
    this.containers.set(task.arn, container);
    this.#later(100, 900, () => {
      if (container.status !== "starting") return;
      if (image === BROKEN_IMAGE) {
        container.status = "stopped";
        this.#reportStopped(container, undefined);
        return;
      }
      container.status = "running";
      this.#report({ task: task.arn, status: "RUNNING", ...one(name, { status: "RUNNING" }) });
      if (image === CRASHING_IMAGE) this.#later(200, 2_000, () => this.#exit(container, 1));
      if (task.containers[0]?.healthCheckType === "docker") this.#checkHealth(container, image);
      if (image === ONE_OFF_IMAGE) this.#later(500, 5_000, () => this.#exit(container, 0));
    });
  }

  /** Tells of it again and again, as agents do: what is said while nobody hears it is lost. */
  #checkHealth(container: Container, image: string, ageMs = 0): void {
    const everyMs = this.#world.random.between(1_000, 5_000);
    this.#later(everyMs, everyMs, () => {
      if (container.status !== "running") return;
      const age = ageMs + everyMs;
      const healthStatus = image === SICK_IMAGE ? "UNHEALTHY" : "HEALTHY";
      if (image !== SICK_IMAGE || age >= SICK_AFTER_MS) {
        const containers = [{ containerName: container.name, healthStatus }];
        this.#answer("PublishHealthRequest", {
          tasks: [{ taskArn: container.arn, containers }],
        });
      }
      this.#checkHealth(container, image, age);
    });
  }

  #stop(taskArn: string): void {
    const container = this.containers.get(taskArn);
    if (!container || container.status === "stopped") {
      this.#reportStopped(container ?? { arn: taskArn, name: "main" }, container ? 137 : undefined);
      return;
    }
    if (container.status === "stopping") return;
    const wasRunning = container.status === "running";
    container.status = wasRunning ? "stopping" : "stopped";
    if (!wasRunning) this.#reportStopped(container, undefined);
    else this.#later(50, 500, () => this.#exit(container, 143));
  }

  #exit(container: Container, exitCode: number): void {
    if (container.status === "stopped") return;
    container.status = "stopped";
    this.#reportStopped(container, exitCode);
  }

  #reportStopped(container: Pick<Container, "arn" | "name">, exitCode: number | undefined): void {
    const state = { status: "STOPPED", ...(exitCode !== undefined && { exitCode }) };
    this.#report({ task: container.arn, status: "STOPPED", ...one(container.name, state) });
  }

  #compare(messageId: string, manifest: readonly TaskIdentifier[]): void {
    const wanted = new Set(
      manifest.filter((each) => each.desiredStatus === "RUNNING").map((each) => each.taskArn),
    );
    const stopCandidates = [...this.containers.values()]
      .filter(({ arn, status }) => status !== "stopped" && !wanted.has(arn))
      .map(({ arn }) => ({ taskArn: arn, desiredStatus: "STOPPED" }));
    if (stopCandidates.length > 0) {
      this.#answer("TaskStopVerificationMessage", { messageId, stopCandidates });
    }
  }

  #answer(type: string, message: unknown): void {
    const { connectionId } = this;
    if (connectionId === undefined) return;
    this.#world.spawn(async () => {
      const reply = await this.#world.inProcess(async (context) =>
        receiveFromAgent(context, connectionId, { type, message }),
      );
      if (reply?.type === "TaskStopVerificationAck") this.receive(connectionId, reply);
    });
  }

  /** Repeats until it is accepted, also over an absence: agents do so for a day. */
  #report(report: EcsRequest<"SubmitTaskStateChange">): void {
    this.#world.spawn(async () => {
      for (;;) {
        if (this.on && this.connectionId !== undefined) break;
        await this.#world.scheduler.delay(1_000);
      }
      await this.#world.call("SubmitTaskStateChange", { cluster: "default", ...report });
      // An answer may get lost, and then the report comes again.
      if (this.#world.random.chance(this.#world.rates.repeatedMessage)) {
        await this.#world.scheduler.delay(this.#world.random.between(10, 5_000));
        await this.#world.call("SubmitTaskStateChange", { cluster: "default", ...report });
      }
    });
  }

  #later(low: number, high: number, run: () => void): void {
    this.#world.scheduler.after(this.#world.random.between(low, high), () => {
      if (this.on) run();
    });
  }
}

const one = (
  containerName: string,
  state: { readonly status: string; readonly exitCode?: number },
) => ({
  containers: [{ containerName, ...state }],
});
