import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ECSClient, ListContainerInstancesCommand } from "@aws-sdk/client-ecs";
import type { ProcessesFile } from "@berth/contracts/local/installation";
import { checkAnswers } from "@berth/testing/check-answers";
import Docker from "dockerode";

const INSTANCE_LABEL = "berth.container-instance-arn";
export const CLI = "packages/cli/bin/berth.js";

export interface StartOptions {
  readonly instances?: number;
  /** Default: one that no other worker's Berth has. */
  readonly addressBlock?: number;
  /** Settings, such as `BERTH_INSTANCE_LOST_AFTER_MS`. */
  readonly env?: Readonly<Record<string, string>>;
}

interface Endpoint {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Files run side by side, and so do runs; the first 20 are left to those who say which. */
const OWN_BLOCK = 20 + (process.ppid % 58) * 4 + (Number(process.env["VITEST_POOL_ID"] ?? 0) % 4);
/** Where host ports of the n-th instance are bound. */
export const instanceAddress = (instance: number, block = OWN_BLOCK) =>
  `127.0.${block}.${instance}`;

/** A Berth of its own for one test file: `berth up` as a user starts it, with real containers. */
export class Berth {
  readonly ecs: ECSClient;
  readonly docker = new Docker();
  readonly endpoint: Endpoint;
  readonly dataDir: string;
  #up: ChildProcess;
  /** Others may use the same engine: what is this Berth's is known by its instances. */
  readonly #instanceArns = new Set<string>();

  private constructor(dataDir: string, up: ChildProcess, endpoint: Endpoint) {
    this.dataDir = dataDir;
    this.#up = up;
    this.endpoint = endpoint;
    this.ecs = checkAnswers(
      new ECSClient({
        endpoint: endpoint.url,
        region: endpoint.region,
        credentials: endpoint,
        maxAttempts: 10,
      }),
    );
  }

  static async start(options: StartOptions = {}): Promise<Berth> {
    const dataDir = mkdtempSync(join(tmpdir(), "berth-e2e-"));
    const port = await freePort();
    const up = startUp({ dataDir, port }, options);
    const berth = new Berth(dataDir, up, await readEndpoint(up, port));
    await berth.#learnInstances();
    return berth;
  }

  /** `berth down`, which keeps the state, and `berth up` on what it kept. */
  async startAgain(options: StartOptions = {}): Promise<void> {
    await this.#down();
    const port = Number(new URL(this.endpoint.url).port);
    this.#up = startUp({ dataDir: this.dataDir, port }, options);
    await readEndpoint(this.#up, port);
    await this.#learnInstances();
  }

  /** What the AWS CLI needs to talk to this Berth. */
  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      AWS_ENDPOINT_URL: this.endpoint.url,
      AWS_ACCESS_KEY_ID: this.endpoint.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.endpoint.secretAccessKey,
      AWS_REGION: this.endpoint.region,
      AWS_DEFAULT_REGION: this.endpoint.region,
      AWS_PAGER: "",
    };
  }

  /** Process id of one of Berth's processes by its name, such as `control-plane` or `agent-1`. */
  pidOf(name: string): number {
    const text = readFileSync(join(this.dataDir, "processes.json"), "utf8");
    const { processes } = JSON.parse(text) as ProcessesFile;
    const pid = processes.find((each) => each.name === name)?.pid;
    if (pid === undefined) throw new Error(`${name} does not run now`);
    return pid;
  }

  /** Containers of this Berth that run, by their Docker ids. */
  async runningContainers(): Promise<readonly Docker.ContainerInfo[]> {
    return this.#containers(false);
  }

  /** Everything of this Berth that the engine still knows of. */
  async leftovers(): Promise<readonly string[]> {
    const isMine = (labels: Readonly<Record<string, string>> | undefined) =>
      this.#instanceArns.has(labels?.[INSTANCE_LABEL] ?? "");
    const [containers, volumes, networks] = await Promise.all([
      this.#containers(true),
      this.docker.listVolumes(),
      this.docker.listNetworks(),
    ]);
    return [
      ...containers.map(({ Names }) => `container ${Names.join(" ")}`),
      ...volumes.Volumes.filter(({ Labels }) => isMine(Labels)).map(({ Name }) => `volume ${Name}`),
      ...networks.filter(({ Labels }) => isMine(Labels)).map(({ Name }) => `network ${Name}`),
    ];
  }

  /** Stops Berth with every task and forgets its state, as `berth down --purge` does. */
  async down(): Promise<void> {
    this.ecs.destroy();
    await this.#down("--purge");
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async #down(...flags: readonly string[]): Promise<void> {
    const down = spawn(process.execPath, [CLI, "down", ...flags, "--data-dir", this.dataDir], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    await once(down, "exit");
    if (this.#up.exitCode === null) await once(this.#up, "exit");
  }

  async #learnInstances(): Promise<void> {
    const { containerInstanceArns = [] } = await this.ecs.send(
      new ListContainerInstancesCommand({}),
    );
    for (const arn of containerInstanceArns) this.#instanceArns.add(arn);
  }

  async #containers(all: boolean): Promise<readonly Docker.ContainerInfo[]> {
    const filters = { label: [INSTANCE_LABEL] };
    const containers = await this.docker.listContainers({ all, filters });
    return containers.filter(({ Labels }) => this.#instanceArns.has(Labels[INSTANCE_LABEL] ?? ""));
  }
}

function startUp(
  { dataDir, port }: { readonly dataDir: string; readonly port: number },
  options: StartOptions,
): ChildProcess {
  const flags = ["--data-dir", dataDir, "--port", String(port), "--json"];
  const instances = ["--instances", String(options.instances ?? 3)];
  const block = ["--address-block", String(options.addressBlock ?? OWN_BLOCK)];
  return spawn(process.execPath, [CLI, "up", ...flags, ...instances, ...block], {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The line of JSON that `up` prints once everything answers. */
async function readEndpoint(up: ChildProcess, port: number): Promise<Endpoint> {
  const errors: string[] = [];
  up.stderr?.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  if (!up.stdout) throw new Error("berth up has no output");
  for await (const line of createInterface(up.stdout)) {
    if (line.startsWith("{")) return JSON.parse(line) as Endpoint;
  }
  throw new Error(`berth up on port ${port} ended early:\n${errors.join("")}`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Asks again until the answer is there. Says what was seen last where it never comes. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await sleep(100);
  }
}
