import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import { connectDocker } from "@berth/agent/docker/connection";
import { removeTaskCgroup } from "@berth/agent/docker/task-cgroups";
import { prepareDemoImages } from "@berth/local/engine/demo-image";
import type Docker from "dockerode";
import { instanceAddress } from "./berth.ts";
import { AgentControlPlane } from "./agent-control-plane.ts";

const IMAGE = "berth/demo:1";
export const HOST_ADDRESS = instanceAddress(251);

const ENGINE = "unix:///var/run/docker.sock";
const LABEL = "berth-test=agent";

/** One agent, as its own process on the real engine, and the control plane that it talks to. */
export class AgentUnderTest {
  readonly controlPlane: AgentControlPlane;
  readonly docker: Docker;
  readonly #dataDir: string;
  #process: ChildProcess | undefined;
  #log = "";

  private constructor(controlPlane: AgentControlPlane, dataDir: string, engine: string) {
    this.controlPlane = controlPlane;
    this.docker = connectDocker(engine);
    this.#dataDir = dataDir;
  }

  /** @param engine where containers are looked at, and the agent's own engine unless it has another */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    engine = ENGINE,
  ): Promise<AgentUnderTest> {
    const controlPlane = await AgentControlPlane.start(randomBytes(16).toString("hex"));
    const dataDir = mkdtempSync(join(tmpdir(), "berth-agent-"));
    const agent = new AgentUnderTest(controlPlane, dataDir, engine);
    await prepareDemoImages(agent.docker);
    agent.#configure({ DOCKER_HOST: engine, ...settings });
    await agent.restart();
    return agent;
  }

  /** Starts the process, again where it was killed, and waits until it listens. */
  async restart(): Promise<void> {
    const connections = this.controlPlane.handshakes.length;
    this.launch();
    await this.controlPlane
      .until("the agent to connect", () => this.controlPlane.handshakes.length >= connections + 2)
      .catch((error: unknown) => {
        throw new Error(`The agent said:\n${this.#log}`, { cause: error });
      });
  }

  /** Starts the process and waits for nothing. */
  launch(): void {
    const config = join(this.#dataDir, "ecs.config");
    const command = ["packages/agent/src/main.ts", "--config", config];
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => (this.#log += text.toString()));
    }
    this.#process = child;
  }

  /** The exit code of a process that ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#process;
    if (child && child.exitCode === null) await once(child, "exit");
    return child?.exitCode ?? null;
  }

  get dataDir(): string {
    return this.#dataDir;
  }

  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error("The agent does not run");
    return this.#process.pid;
  }

  /** Sends the signal and returns the exit code, or null where the signal ended it. */
  async signal(name: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = this.#process;
    if (!child || child.exitCode !== null) throw new Error(`The agent is gone:\n${this.#log}`);
    child.kill(name);
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  }

  /** All containers of this agent's, whatever their state. */
  async containers() {
    return this.docker.listContainers({ all: true, filters: { label: [this.#label] } });
  }

  async volumes() {
    const filters = JSON.stringify({ label: [this.#label] });
    return (await this.docker.listVolumes({ filters })).Volumes;
  }

  /** All that it has written to its directory. */
  filesText(): string {
    const files = readdirSync(this.#dataDir, { recursive: true, withFileTypes: true });
    return files
      .filter((each) => each.isFile())
      .map((each) => readFileSync(join(each.parentPath, each.name), "utf8"))
      .join("");
  }

  get log(): string {
    return this.#log;
  }

  /** Ends the agent and removes what it and the tests made. */
  async close(): Promise<void> {
    this.#process?.kill("SIGKILL");
    for (const { Id } of await this.containers()) {
      await this.docker.getContainer(Id).remove({ force: true, v: true });
    }
    for (const { task } of this.controlPlane.submissions) await removeTaskCgroup(task);
    for (const { Name } of await this.volumes()) await this.docker.getVolume(Name).remove();
    await this.controlPlane.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  get #label(): string {
    return `berth.container-instance-arn=${this.controlPlane.containerInstanceArn}`;
  }

  #configure(settings: Readonly<Record<string, string>>): void {
    const all = {
      ECS_CLUSTER: "default",
      ECS_BACKEND_HOST: this.controlPlane.endpoint,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      ECS_DATADIR: this.#dataDir,
      ECS_CONTAINER_STOP_TIMEOUT: "5s",
      ECS_LOGLEVEL: "debug",
      BERTH_HOST_ADDRESS: HOST_ADDRESS,
      BERTH_INSTANCE_CPU: "2048",
      BERTH_INSTANCE_MEMORY: "1024",
      ...settings,
    };
    const lines = Object.entries(all).map(([key, value]) => `${key}=${value}`);
    writeFileSync(join(this.#dataDir, "ecs.config"), lines.join("\n"));
  }
}

/** A task of one container that serves HTTP until it is stopped. */
export function aTask(members: Partial<PayloadTask> = {}): PayloadTask {
  const id = randomBytes(16).toString("hex");
  return {
    arn: `arn:aws:ecs:us-east-1:123456789012:task/default/${id}`,
    desiredStatus: "RUNNING",
    family: "web",
    version: "1",
    containers: [aContainer()],
    volumes: [],
    ...members,
  };
}

export function aContainer(members: Partial<PayloadContainer> = {}): PayloadContainer {
  const [key = "", value = ""] = LABEL.split("=");
  return {
    name: "web",
    image: IMAGE,
    essential: true,
    cpu: 16,
    memory: 16,
    dockerConfig: { version: "1.25", config: JSON.stringify({ Labels: { [key]: value } }) },
    ...members,
  };
}
