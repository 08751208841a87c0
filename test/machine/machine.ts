import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { connectDocker } from "@berth/agent/docker/connection";
import type Docker from "dockerode";
import { eventually } from "../e2e/berth.ts";
import type { Host } from "../e2e/task-definitions/host.ts";

const BOOT_TIMEOUT_MS = 600_000;
const RUN_TIMEOUT_MS = 300_000;

/** Where a machine is entered, on this one's loopback. */
export interface Doors {
  readonly enginePort: number;
  readonly shellPort: number;
}

/** A machine that runs, from outside. */
export class Machine implements Host {
  readonly docker: Docker;
  readonly address = "10.0.2.15";
  readonly testAddress = "10.0.2.2";
  readonly settings = "/etc/ecs";
  readonly #shellPort: number;

  constructor({ enginePort, shellPort }: Doors) {
    this.docker = connectDocker(`tcp://127.0.0.1:${enginePort}`);
    this.#shellPort = shellPort;
  }

  readonly run = async (script: string, timeoutMs = RUN_TIMEOUT_MS): Promise<string> => {
    const socket = connect(this.#shellPort, "127.0.0.1");
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`silent: ${script}`)));
    socket.end(script);
    const all = await text(socket);
    const end = all.lastIndexOf("\n");
    const output = all.slice(0, end).trimEnd();
    if (all.slice(end + 1) !== "0") throw new Error(`${script}\nfailed in the machine:\n${output}`);
    return output;
  };

  async statusAt(port: number | undefined, path: string): Promise<number> {
    const url = `http://${this.address}:${port}${path}`;
    const say = "({ status }) => process.stdout.write(`${status}`)";
    return Number(await this.run(`node -e 'fetch("${url}").then(${say})'`));
  }

  /** Waits until its engine answers. What was in memory only is gone. */
  async booted(): Promise<void> {
    const { docker } = this;
    const answers = () => docker.ping().catch(() => false as const);
    await eventually("the machine's engine to answer", answers, BOOT_TIMEOUT_MS);
  }

  async reboot(): Promise<void> {
    const bootId = "cat /proc/sys/kernel/random/boot_id";
    const before = await this.run(bootId);
    // The shell may be gone before it answers.
    await this.run("systemctl reboot").catch(() => undefined);
    const isAnother = async () => (await this.run(bootId, 10_000).catch(() => before)) !== before;
    await eventually("the machine to start again", isAnother, BOOT_TIMEOUT_MS);
    await this.booted();
  }

  /** Writes a file into its directory, which is there. */
  async write(path: string, content: Buffer | string): Promise<void> {
    await this.run(`base64 -d > ${path} <<END\n${Buffer.from(content).toString("base64")}\nEND`);
  }
}
