import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  Installation,
  ProcessesFile,
  RootCredentials,
} from "@berth/contracts/local/installation";
import { type DataDirectory, writePrivateFile } from "../data-directory.ts";
import { driverEndpoint, driverKey } from "../log-service/driver-access.ts";
import { startSchedule } from "../schedule.ts";
import {
  engineShare,
  instanceShare,
  LOGGING_DRIVERS,
  machineCapacity,
  writeEcsConfig,
} from "./container-instances.ts";
import { shortenLogs } from "./shorten-logs.ts";
import { type ProgramSpec, SupervisedProcess } from "./supervised-process.ts";

export interface SupervisorOptions {
  readonly directory: DataDirectory;
  readonly credentials: RootCredentials;
  readonly installation: Installation;
  readonly port: number;
  readonly cluster: string;
  readonly autoScalingGroups: readonly string[];
  /** Instances have the addresses 127.0.<block>.1 and following. */
  readonly addressBlock: number;
}

const DRIVERS = "ECS_AVAILABLE_LOGGING_DRIVERS";
const SHORTEN_LOGS_INTERVAL_MS = 60_000;

/**
 * There are many agents, and each has little to do: with less room for new objects, and fewer arenas of
 * the C library's, one takes 120 MiB with 50 containers where it took 150, and no more of a core.
 */
const LEAN = {
  nodeOptions: ["--max-semi-space-size=2"],
  env: { MALLOC_ARENA_MAX: "2" },
} as const;

/**
 * The processes of one machine, each started again when it dies: the embedded DynamoDB and SQS, the log
 * service, the control plane, and one agent per container instance.
 */
export class Supervisor {
  readonly endpoint: string;
  readonly #options: SupervisorOptions;
  readonly #embedded: readonly SupervisedProcess[];
  readonly #controlPlane: SupervisedProcess;
  #shorteningLogs: { stop(): Promise<void> } | undefined;
  #agents: readonly SupervisedProcess[] = [];
  readonly #connectedAgents = new Set<number>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.endpoint = `http://127.0.0.1:${options.port}`;
    const { directory } = options;
    const dynamodb = this.#process("dynamodb", "../embedded/dynamodb-program.ts", [
      directory.dynamodb,
      directory.dynamodbSocket,
    ]);
    const sqs = this.#process("sqs", "../embedded/sqs-program.ts", [directory.sqsSocket]);
    const logs = this.#process("logs", "../log-service/log-service-program.ts", []);
    this.#embedded = [dynamodb, sqs, logs];
    /**
     * A control plane that was killed leaves messages in flight and receivers that nobody listens
     * to, which would keep its successor waiting. A fresh SQS has neither, and the sweep, with which
     * the successor begins, sends again what was lost.
     */
    this.#controlPlane = this.#process("control-plane", "../main.ts", [], {
      onDeath: () => sqs.restart(),
    });
  }

  /** Resolves when the control plane answers. */
  async startControlPlane(): Promise<void> {
    const { directory } = this.#options;
    this.#shorteningLogs = startSchedule({
      intervalMs: SHORTEN_LOGS_INTERVAL_MS,
      work: async () => shortenLogs(directory.logs),
      onError: (error) => process.stderr.write(`Logs were not shortened: ${String(error)}\n`),
    });
    await Promise.all([...this.#embedded, this.#controlPlane].map((each) => each.start()));
  }

  startAgents(count: number): void {
    const share = instanceShare(machineCapacity(), count);
    this.#agents = Array.from({ length: count }, (_, position) => {
      const config = writeEcsConfig(this.#options.directory, {
        index: position + 1,
        share,
        engineConcurrency: engineShare(availableParallelism(), count),
        endpoint: this.endpoint,
        awslogs: {
          endpoint: driverEndpoint(this.#options.port),
          ...driverKey(this.#options.credentials),
        },
        region: this.#options.installation.region,
        cluster: this.#options.cluster,
        autoScalingGroups: this.#options.autoScalingGroups,
        addressBlock: this.#options.addressBlock,
      });
      const program = import.meta.resolve("@berth/agent/main");
      const env = { ...this.#environment(), ...LEAN.env };
      const lean = { ...LEAN, env };
      return this.#process(`agent-${position + 1}`, program, ["--config", config], lean);
    });
    for (const [position, agent] of this.#agents.entries()) {
      const connected = agent.start().then(() => this.#connectedAgents.add(position + 1));
      connected.catch(() => undefined);
    }
  }

  /** Numbers of the container instances whose agents have connected since they were started here. */
  get connectedAgents(): ReadonlySet<number> {
    return this.#connectedAgents;
  }

  /**
   * The control plane first: it must not see its agents leave, or they would be long lost when it
   * starts again. State last, so that everybody can still write.
   */
  async stop(): Promise<void> {
    await this.#shorteningLogs?.stop();
    await this.#controlPlane.stop();
    await Promise.all(this.#agents.map((each) => each.stop()));
    await Promise.all(this.#embedded.map((each) => each.stop()));
    rmSync(this.#options.directory.processes, { force: true });
  }

  #process(
    name: string,
    program: string,
    args: readonly string[],
    more: Pick<ProgramSpec, "nodeOptions" | "onDeath"> & Partial<Pick<ProgramSpec, "env">> = {},
  ): SupervisedProcess {
    const { directory } = this.#options;
    return new SupervisedProcess({
      name,
      program: fileURLToPath(new URL(program, import.meta.url)),
      args,
      env: this.#environment(),
      logFile: join(directory.logs, `${name}.log`),
      onChange: () => this.#writeProcesses(),
      ...more,
    });
  }

  #environment(): Record<string, string | undefined> {
    const { directory, credentials, installation, port } = this.#options;
    return {
      NODE_COMPILE_CACHE: directory.compileCache,
      BERTH_DATA_DIR: directory.root,
      BERTH_PORT: String(port),
      BERTH_REGION: installation.region,
      BERTH_ACCOUNT: installation.account,
      // Not in `ecs.config`, which would win over what somebody has set.
      [DRIVERS]: process.env[DRIVERS] ?? JSON.stringify(LOGGING_DRIVERS),
      AWS_REGION: installation.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      // The SDK would prefer a profile of the user's to the key above, and sign with the token.
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
    };
  }

  #writeProcesses(): void {
    const all = [...this.#embedded, this.#controlPlane, ...this.#agents];
    const file: ProcessesFile = {
      endpoint: this.endpoint,
      supervisorPid: process.pid,
      processes: all.map((each) => each.entry()),
    };
    writePrivateFile(this.#options.directory.processes, `${JSON.stringify(file, undefined, 2)}\n`);
  }
}
