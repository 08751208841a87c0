import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connectDocker } from "@berth/agent/docker/connection";
import { eventually, freePort } from "../e2e/berth.ts";
import type { MachineImage } from "./debian-image.ts";
import { ENGINE_PORT, SHELL_PORT } from "./guest-files.ts";

const BOOT_TIMEOUT_MS = 600_000;

/** A machine of a test's own with a kernel, systemd and a Docker Engine. What it writes is forgotten at its end. */
export class VirtualMachine {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #enginePort: number;
  readonly #shellPort: number;

  private constructor(
    process: ChildProcess,
    directory: string,
    enginePort: number,
    shellPort: number,
  ) {
    this.#process = process;
    this.#directory = directory;
    this.#enginePort = enginePort;
    this.#shellPort = shellPort;
  }

  /** Starts it and waits until its engine answers. */
  static async boot(image: MachineImage): Promise<VirtualMachine> {
    const directory = mkdtempSync(join(tmpdir(), "berth-machine-"));
    const [enginePort, shellPort] = [await freePort(), await freePort()];
    const qemu = spawn("qemu-system-x86_64", [
      ...["-machine", "q35", "-smp", "2", "-m", "3G", ...accelerator()],
      ...["-display", "none", "-no-reboot", "-serial", `file:${join(directory, "console")}`],
      ...["-kernel", image.kernel, "-initrd", image.initrd],
      ...["-append", "root=/dev/vda rw console=ttyS0 mitigations=off"],
      ...["-snapshot", "-drive", `file=${image.disk},format=raw,if=virtio,cache=unsafe`],
      ...["-netdev", `user,id=net,${forward(enginePort, ENGINE_PORT)},${forward(shellPort, SHELL_PORT)}`],
      ...["-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"],
    ], { stdio: ["ignore", "inherit", "inherit"] });
    const machine = new VirtualMachine(qemu, directory, enginePort, shellPort);
    await machine.#booted();
    return machine;
  }

  get dockerHost(): string {
    return `tcp://127.0.0.1:${this.#enginePort}`;
  }

  get docker() {
    return connectDocker(this.dockerHost);
  }

  /** Runs the lines in root's shell. @returns what they wrote @throws Error where they fail */
  async run(script: string): Promise<string> {
    const socket = connect(this.#shellPort, "127.0.0.1");
    socket.end(script);
    const all = await text(socket);
    const end = all.lastIndexOf("\n");
    const output = all.slice(0, end);
    if (all.slice(end + 1) !== "0") throw new Error(`${script}\nfailed in the machine:\n${output}`);
    return output.trimEnd();
  }

  /** All that the kernel and systemd said. */
  get console(): string {
    return readFileSync(join(this.#directory, "console"), "utf8");
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill("SIGKILL");
      await once(this.#process, "exit");
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #booted(): Promise<void> {
    await eventually(
      "the machine's engine to answer",
      async () => {
        if (this.#process.exitCode !== null) throw new Error(`QEMU ended:\n${this.console}`);
        return this.docker.ping().then(
          () => true,
          () => false,
        );
      },
      BOOT_TIMEOUT_MS,
    ).catch((error: unknown) => {
      throw new Error(`The machine said:\n${this.console}`, { cause: error });
    });
  }
}

/** A device alone says nothing: some are there and cannot run a kernel. */
const accelerator = (): readonly string[] =>
  existsSync("/dev/kvm") && /\b(vmx|svm)\b/.test(readFileSync("/proc/cpuinfo", "utf8"))
    ? ["-accel", "kvm", "-cpu", "host"]
    : ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max,la57=off,cx16=off"];

const forward = (hostPort: number, guestPort: number) =>
  `hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`;
