import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { connectDocker } from "@berth/agent/docker/connection";

/** Where a machine is entered, on this one's loopback. */
export interface Doors {
  readonly enginePort: number;
  readonly shellPort: number;
}

/** A machine that runs, from outside. */
export class Machine {
  readonly #doors: Doors;

  constructor(doors: Doors) {
    this.#doors = doors;
  }

  get docker() {
    return connectDocker(`tcp://127.0.0.1:${this.#doors.enginePort}`);
  }

  /** Runs the lines in root's shell. @returns what they wrote @throws Error where the last one fails */
  async run(script: string): Promise<string> {
    const socket = connect(this.#doors.shellPort, "127.0.0.1");
    socket.end(script);
    const all = await text(socket);
    const end = all.lastIndexOf("\n");
    const output = all.slice(0, end).trimEnd();
    if (all.slice(end + 1) !== "0") throw new Error(`${script}\nfailed in the machine:\n${output}`);
    return output;
  }

  /** Writes a file into its directory, which is there. */
  async write(path: string, content: Buffer | string): Promise<void> {
    await this.run(`base64 -d > ${path} <<END\n${Buffer.from(content).toString("base64")}\nEND`);
  }
}
