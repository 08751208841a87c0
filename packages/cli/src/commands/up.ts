import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import {
  EXIT_CODES,
  INSTALLATION_FILES,
  type SupervisorMessage,
} from "@berth/contracts/local/installation";
import { readCredentials, readInstallation } from "../installation-files.ts";
import { captureProgram, exitCode, passSignalsTo, startProgram } from "../programs.ts";
import { type Endpoint, welcome } from "../welcome.ts";

export interface UpOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly instances: number;
  readonly addressBlock: number;
  readonly autoScalingGroups: readonly string[];
  readonly region?: string;
  readonly installEngine: boolean;
  readonly json: boolean;
}

const CONTAINERS_RUN_ON = 'Containers run on: "berth up" takes them over, "berth down" stops them.';
const STOPPED = `Berth has stopped. ${CONTAINERS_RUN_ON}`;

const say = (text: string) => void process.stderr.write(`${text}\n`);

/** `berth up`: stays in the foreground until it is stopped. Returns the exit code. */
export async function up(options: UpOptions): Promise<number> {
  const engine = await captureProgram(
    "prepareEngine",
    options.installEngine ? ["--install-engine"] : [],
  );
  if (engine.code !== EXIT_CODES.ok) return engine.code;
  const { dockerHost } = JSON.parse(engine.output) as { dockerHost: string };
  const supervisor = startProgram("supervisor", supervisorArguments(options), {
    DOCKER_HOST: dockerHost,
  });
  return attend(supervisor, options);
}

function supervisorArguments(options: UpOptions): readonly string[] {
  const region = options.region === undefined ? [] : ["--region", options.region];
  return [
    "--data-dir",
    options.dataDir,
    "--port",
    `${options.port}`,
    "--instances",
    `${options.instances}`,
    "--address-block",
    `${options.addressBlock}`,
    ...region,
    // Each as one word: a name may begin with a hyphen.
    ...options.autoScalingGroups.map((name) => `--auto-scaling-groups=${name}`),
  ];
}

/** Passes on what the supervisor says until it ends. */
async function attend(supervisor: ChildProcess, options: UpOptions): Promise<number> {
  let failure: number | undefined;
  let isUp = false;
  supervisor.on("message", (message: SupervisorMessage) => {
    switch (message.kind) {
      case "progress":
        return say(`${message.text} …`);
      case "ready":
        isUp = true;
        return greet(message.endpoint, options);
      case "failed":
        failure = message.exitCode;
        return say(`${message.message}\nLogs: ${join(options.dataDir, INSTALLATION_FILES.logs)}`);
    }
  });
  const release = passSignalsTo(supervisor);
  const code = await exitCode(supervisor);
  release();
  if (isUp) say(code === EXIT_CODES.ok ? STOPPED : `Berth has died. ${CONTAINERS_RUN_ON}`);
  return failure ?? code;
}

function greet(url: string, options: UpOptions): void {
  const { region } = readInstallation(options.dataDir);
  const endpoint: Endpoint = { url, region, ...readCredentials(options.dataDir) };
  const text = options.json ? JSON.stringify(endpoint) : welcome(endpoint, options);
  process.stdout.write(`${text}\n`);
}
