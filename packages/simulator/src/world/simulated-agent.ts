import type { AcsMessage, PayloadTask, TaskIdentifier } from "@berth/contracts/agent/messages";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { connectAgent, disconnectAgent } from "@berth/control-plane/agents/connections";
import { receiveFromAgent } from "@berth/control-plane/agents/receive";
import { parseArn, lastSegment } from "@berth/domain/arn";
import { AGENT_ATTRIBUTES } from "./agent-attributes.ts";
import type { Behaviour } from "./behaviour.ts";
import { SimulatedTasks } from "./simulated-tasks.ts";
import type { AdoptedState, ReportedTask } from "./simulated-tasks.ts";
import type { World } from "./world.ts";

/** As real agents do: whoever hears nothing for so long dials again. */
const SILENCE_LIMIT_MS = 60_000;
const LOOK_FOR_SILENCE_MS = 5_000;
const REPORT_AGAIN_MS = 1_000;

export interface AgentOptions {
  readonly zone: string;
  readonly behaviour: Behaviour;
  readonly ec2InstanceId?: string;
  /** Whether it listens for silence: only where frames can be lost is there any. */
  readonly minds?: "silence";
}

/** An instance with an agent that keeps the protocol, and with tasks that are only said to run. */
export class SimulatedAgent {
  connectionId: string | undefined;
  arn = "";
  /** Powered on: a host that is off neither runs nor reports anything. */
  isOn = true;
  /** How many times as long as usual a task takes to start here. */
  slowness = 1;
  readonly zone: string;
  readonly ec2InstanceId: string | undefined;
  readonly tasks: SimulatedTasks;
  readonly #world: World;
  readonly #mindsSilence: boolean;
  #connections = 0;
  #isConnecting = false;
  #lastHeardAt = 0;

  constructor(world: World, options: AgentOptions) {
    this.#world = world;
    this.zone = options.zone;
    this.ec2InstanceId = options.ec2InstanceId;
    this.#mindsSilence = options.minds === "silence";
    this.tasks = new SimulatedTasks({
      behaviour: (task) => {
        const script = options.behaviour(task);
        return { ...script, startMs: script.startMs * this.slowness };
      },
      later: (delayMs, run) =>
        world.scheduler.after(delayMs, () => {
          if (this.isOn) run();
        }),
      report: (report, done) => this.#report(report, done),
      reportHealth: (task, status) => this.#reportHealth(task, status),
    });
  }

  get id(): string {
    return lastSegment(this.arn);
  }

  get cluster(): string {
    return parseArn(this.arn)?.path[0] ?? "";
  }

  async register(request: EcsRequest<"RegisterContainerInstance">): Promise<void> {
    const { ec2InstanceId } = this;
    const answer = await this.#world.call("RegisterContainerInstance", {
      ...request,
      ...(ec2InstanceId !== undefined && {
        instanceIdentityDocument: JSON.stringify({ instanceId: ec2InstanceId }),
      }),
      attributes: [
        ...AGENT_ATTRIBUTES,
        { name: "ecs.availability-zone", value: this.zone },
        ...(request.attributes ?? []),
      ],
    });
    this.arn = answer.containerInstance?.containerInstanceArn ?? "";
    await this.connect();
    if (this.#mindsSilence) this.#hangUpOnSilence();
  }

  /** Is the agent of an instance that is registered: over a connection that is open, or away. */
  takeOver(arn: string, connectionId: string | undefined): void {
    this.arn = arn;
    if (connectionId === undefined) this.isOn = false;
    else this.#open(connectionId);
  }

  async connect(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    await this.#dial();
    this.#isConnecting = false;
  }

  async #dial(): Promise<void> {
    while (this.isOn && this.connectionId === undefined) {
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
        if (this.isOn) this.#open(connectionId);
        this.#lastHeardAt = this.#world.scheduler.now;
      } catch (error) {
        if (!this.#world.disturbances.isDeath(error)) throw error;
        await this.#world.scheduler.delay(500);
      }
    }
  }

  #open(connectionId: string): void {
    this.connectionId = connectionId;
    this.#world.attach(connectionId, this);
  }

  /** The connection breaks; the control plane may or may not hear of it. */
  disconnect(): void {
    const { connectionId } = this;
    if (connectionId === undefined) return;
    this.connectionId = undefined;
    this.#world.detach(connectionId);
    if (!this.#world.disturbances.hearsOfBreak()) return;
    this.#world.spawn(async () =>
      this.#world.inProcess(async (context) => disconnectAgent(context, connectionId)),
    );
  }

  async dialAgain(): Promise<void> {
    this.disconnect();
    await this.#world.scheduler.delay(this.#world.random.between(100, 3_000));
    await this.connect();
  }

  /** Power cut: containers are gone, and are reported once the host is back. */
  powerOff(): void {
    this.disconnect();
    this.isOn = false;
    this.tasks.cutPower();
  }

  async comeBack(): Promise<void> {
    this.isOn = true;
    this.tasks.tellEnds();
    await this.connect();
  }

  receive(connectionId: string, message: AcsMessage): void {
    if (!this.isOn || this.connectionId !== connectionId) return;
    this.#lastHeardAt = this.#world.scheduler.now;
    switch (message.type) {
      case "HeartbeatMessage":
        this.#answer("HeartbeatAckRequest", { messageId: message.message.messageId });
        break;
      case "PayloadMessage":
        for (const task of message.message.tasks) this.tasks.obey(task);
        break;
      case "TaskManifestMessage":
        this.#compare(message.message.messageId, message.message.tasks);
        break;
      case "TaskStopVerificationAck":
        for (const { taskArn } of message.message.stopTasks) this.tasks.stop(taskArn);
        break;
      case "CloseMessage":
      // Its tasks call nobody.
      case "IAMRoleCredentialsMessage":
        break;
    }
  }

  adopt(task: PayloadTask, state: AdoptedState): void {
    this.tasks.adopt(task, state);
    if (task.desiredStatus === "STOPPED") this.tasks.stop(task.arn);
  }

  #hangUpOnSilence(): void {
    this.#world.scheduler.after(LOOK_FOR_SILENCE_MS, () => {
      const isSilent = this.#lastHeardAt + SILENCE_LIMIT_MS <= this.#world.scheduler.now;
      if (this.connectionId !== undefined && isSilent) {
        this.#world.spawn(async () => this.dialAgain());
      }
      this.#hangUpOnSilence();
    });
  }

  #compare(messageId: string, manifest: readonly TaskIdentifier[]): void {
    const wanted = new Set(
      manifest.filter((each) => each.desiredStatus === "RUNNING").map((each) => each.taskArn),
    );
    const stopCandidates = this.tasks.unstopped
      .filter((arn) => !wanted.has(arn))
      .map((taskArn) => ({ taskArn, desiredStatus: "STOPPED" }));
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

  #reportHealth(task: ReportedTask, healthStatus: "HEALTHY" | "UNHEALTHY"): void {
    const { arn: taskArn, family, version, containerNames } = task;
    const containers = containerNames.map((containerName) => ({ containerName, healthStatus }));
    const described = {
      taskArn,
      clusterArn: "",
      taskDefinitionFamily: family,
      taskDefinitionVersion: version,
      containers,
    };
    this.#answer("PublishHealthRequest", { tasks: [described] });
  }

  /** Repeats until it is accepted, also over an absence: agents do so for a day. */
  #report(report: EcsRequest<"SubmitTaskStateChange">, done: () => void): void {
    const { cluster } = this;
    this.#world.spawn(async () => {
      while (!this.isOn || this.connectionId === undefined) {
        await this.#world.scheduler.delay(REPORT_AGAIN_MS);
      }
      await this.#world.call("SubmitTaskStateChange", { cluster, ...report });
      done();
      const repeatMs = this.#world.disturbances.repeatMs();
      if (repeatMs === undefined) return;
      await this.#world.scheduler.delay(repeatMs);
      await this.#world.call("SubmitTaskStateChange", { cluster, ...report });
    });
  }
}
