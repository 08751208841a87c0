import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import { type Berth, CLI } from "../e2e/berth.ts";
import { BundledAgent, connectedInstance } from "../e2e/bundled-agent.ts";
import type { Machine } from "./machine.ts";

const GUIDE = "docs/guides/run-the-agent.md";
const UNIT = "packages/agent/packaging/berth-agent.service";
const NAME = "machine";
const TIMEOUT_MS = 300_000;

/** An agent that systemd runs in the machine, for a Berth of this one. */
export class InstalledAgent {
  readonly instance: string;
  readonly #machine: Machine;
  readonly #berth: Berth;

  private constructor(machine: Machine, berth: Berth, instance: string) {
    this.#machine = machine;
    this.#berth = berth;
    this.instance = instance;
  }

  /** By the commands of the guide. Waits until it is connected. */
  static async install(
    machine: Machine,
    berth: Berth,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<InstalledAgent> {
    await tunnel(machine, berth);
    const agent = await BundledAgent.build();
    await machine.write("berth-agent.mjs", readFileSync(agent.file));
    await agent.close();
    await machine.write("berth-agent.service", readFileSync(UNIT));
    await machine.write("ecs.config", await configOf(berth, settings));
    await machine.run(guideCommands());
    return new InstalledAgent(machine, berth, await connected(machine, berth));
  }

  /** Waits until it is connected, again where it was away. @returns the ARN of its instance */
  async connected(): Promise<string> {
    return connected(this.#machine, this.#berth);
  }

  /** Starts the machine again, which takes the way to the control plane away until it runs. */
  async rebootMachine(): Promise<void> {
    await this.#machine.reboot();
    await tunnel(this.#machine, this.#berth);
  }

  /** What it wrote to systemd's journal. */
  async journal(): Promise<string> {
    return journal(this.#machine);
  }

  /** A property of its unit, such as `MainPID`. */
  async show(property: string): Promise<string> {
    return this.#machine.run(`systemctl show berth-agent --value --property=${property}`);
  }

  /** Ends it and forgets what it knew, its containers included. */
  async remove(): Promise<void> {
    await this.#machine.run(`
      systemctl disable --now berth-agent
      systemctl stop control-plane
      docker ps -aq --filter label=berth.container-instance-arn=${this.instance} | xargs -r docker rm -fv
      rm -rf /var/lib/berth`);
  }
}

/** The control plane listens on this machine's loopback only, and tells agents so: there it has to be. */
async function tunnel(machine: Machine, { endpoint }: Berth): Promise<void> {
  const { port } = new URL(endpoint.url);
  const listen = `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`;
  await machine.run(
    `systemd-run --collect --unit control-plane socat -t 86400 ${listen} TCP-CONNECT:10.0.2.2:${port}`,
  );
}

async function configOf(
  { endpoint, dataDir }: Berth,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const create = ["keys", "create", "--principal", NAME, "--agent", "--data-dir", dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...create, "--json"]);
  const key = JSON.parse(stdout) as CreatedAccessKey;
  const all = {
    ECS_CLUSTER: "default",
    ECS_BACKEND_HOST: endpoint.url,
    ECS_INSTANCE_ATTRIBUTES: JSON.stringify({ packaging: NAME }),
    AWS_DEFAULT_REGION: endpoint.region,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ECS_IMAGE_PULL_BEHAVIOR: "prefer-cached",
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** All but the last line, which goes on for ever. */
function guideCommands(): string {
  const blocks = readFileSync(GUIDE, "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm);
  const commands = blocks
    .map(([, text = ""]) => text)
    .find((text) => text.includes("systemctl enable"));
  if (commands === undefined) throw new Error(`${GUIDE} does not say how a service is installed`);
  return commands.replace(/^journalctl .*\n/m, "");
}

const connected = (machine: Machine, berth: Berth): Promise<string> =>
  connectedInstance(berth, NAME, () => journal(machine), TIMEOUT_MS);

const journal = (machine: Machine): Promise<string> =>
  machine.run("journalctl --unit berth-agent --output cat --no-pager");
