import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
} from "@aws-sdk/client-ecs";
import { bundleAgent } from "../../packages/agent/packaging/bundle-agent.ts";
import { type Berth, eventually } from "./berth.ts";

const run = promisify(execFile);

/** The agent as it is installed: one file in a directory with nothing beside it. */
export class BundledAgent {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "berth-bundle-")));
  readonly file = join(this.directory, "berth-agent.mjs");
  #process: ChildProcess | undefined;
  #log = "";

  static async build(): Promise<BundledAgent> {
    const agent = new BundledAgent();
    await bundleAgent(agent.file);
    return agent;
  }

  get log(): string {
    return this.#log;
  }

  async version(): Promise<string> {
    return (await run(process.execPath, [this.file, "--version"], { cwd: this.directory })).stdout;
  }

  /** Starts the file with these settings in its environment, and nothing else of this process's. */
  start(settings: Readonly<Record<string, string>>): void {
    const child = spawn(process.execPath, [this.file, "--config", this.#config(settings)], {
      cwd: this.directory,
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => (this.#log += text.toString()));
    }
    this.#process = child;
  }

  /** As a supervisor ends it. @returns its exit code */
  async stop(): Promise<number | null> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  }

  /** Another file takes the place of the one that was started. */
  replace(path: string): void {
    copyFileSync(path, this.file);
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #config(settings: Readonly<Record<string, string>>): string {
    const path = join(this.directory, "ecs.config");
    writeFileSync(
      path,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    );
    return path;
  }
}

/** What an agent outside of `berth up` is told, to be found by this name. */
export const joiningSettings = (
  berth: Berth,
  name: string,
  dataDir: string,
): Readonly<Record<string, string>> => ({
  ECS_CLUSTER: "default",
  ECS_BACKEND_HOST: berth.endpoint.url,
  ECS_DATADIR: dataDir,
  ECS_INSTANCE_ATTRIBUTES: JSON.stringify({ packaging: name }),
  ECS_CONTAINER_STOP_TIMEOUT: "5s",
  AWS_DEFAULT_REGION: berth.endpoint.region,
  AWS_ACCESS_KEY_ID: berth.endpoint.accessKeyId,
  AWS_SECRET_ACCESS_KEY: berth.endpoint.secretAccessKey,
  BERTH_HOST_ADDRESS: "127.0.8.1",
  BERTH_INSTANCE_CPU: "1024",
  BERTH_INSTANCE_MEMORY: "512",
});

/** The ARN of the instance of that name, once its agent is connected. */
export async function connectedInstance(
  berth: Berth,
  name: string,
  log: () => string | Promise<string>,
  timeoutMs?: number,
): Promise<string> {
  const filter = `attribute:packaging == ${name}`;
  const isConnected = async () => {
    const { containerInstanceArns = [] } = await berth.ecs.send(
      new ListContainerInstancesCommand({ filter }),
    );
    if (containerInstanceArns.length === 0) return undefined;
    const { containerInstances = [] } = await berth.ecs.send(
      new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns }),
    );
    return containerInstances.find(({ agentConnected }) => agentConnected)?.containerInstanceArn;
  };
  return eventually(`the agent ${name} to connect`, isConnected, timeoutMs).catch(
    async (error: unknown) => {
      throw new Error(`The agent said:\n${await log()}`, { cause: error });
    },
  );
}
