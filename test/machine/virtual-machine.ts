import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../e2e/berth.ts";
import type { MachineImage } from "./debian-image.ts";
import { ENGINE_PORT, SHELL_PORT } from "./guest-files.ts";
import { type Doors, Machine } from "./machine.ts";

/** A machine of the tests' own, with a kernel, systemd and a Docker Engine. What it writes is forgotten at its end. */
export class VirtualMachine {
  readonly doors: Doors;
  readonly #directory = mkdtempSync(join(tmpdir(), "berth-machine-"));
  readonly #process: ChildProcess;

  private constructor(image: MachineImage, doors: Doors) {
    this.doors = doors;
    const flags = {
      machine: "q35",
      ...accelerator(),
      smp: "2",
      m: "3G",
      display: "none",
      serial: `file:${this.#consoleFile}`,
      kernel: image.kernel,
      initrd: image.initrd,
      append: "root=/dev/vda rw console=ttyS0 mitigations=off",
      drive: `file=${image.disk},format=raw,if=virtio,cache=unsafe,snapshot=on`,
      nic: `user,model=virtio-net-pci,${forwards(doors)}`,
      device: "virtio-rng-pci",
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`-${name}`, value]);
    this.#process = spawn("qemu-system-x86_64", words, {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  /** Starts it and waits until its engine answers. */
  static async boot(image: MachineImage): Promise<VirtualMachine> {
    const doors = { enginePort: await freePort(), shellPort: await freePort() };
    const machine = new VirtualMachine(image, doors);
    await Promise.race([new Machine(doors).booted(), machine.#ended()]).catch(
      async (error: unknown) => {
        const said = machine.#console;
        await machine.close();
        throw new Error(`The machine said:\n${said}`, { cause: error });
      },
    );
    return machine;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.kill("SIGKILL")) {
      await once(this.#process, "exit");
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #ended(): Promise<never> {
    await once(this.#process, "exit");
    throw new Error("QEMU ended");
  }

  /** What the kernel and systemd say. */
  get #console(): string {
    return existsSync(this.#consoleFile) ? readFileSync(this.#consoleFile, "utf8") : "";
  }

  get #consoleFile(): string {
    return join(this.#directory, "console");
  }
}

/**
 * A device alone says nothing: some are there and cannot run a kernel. Emulated it is ten times slower; QEMU
 * before 8 then spoils the flags of cmpxchg16b, of which the kernel dies.
 */
const accelerator = () =>
  existsSync("/dev/kvm") && /\b(vmx|svm)\b/.test(readFileSync("/proc/cpuinfo", "utf8"))
    ? { accel: "kvm", cpu: "host" }
    : { accel: "tcg,thread=multi,tb-size=512", cpu: "max,la57=off,cx16=off" };

const forwards = ({ enginePort, shellPort }: Doors): string =>
  [
    `hostfwd=tcp:127.0.0.1:${enginePort}-:${ENGINE_PORT}`,
    `hostfwd=tcp:127.0.0.1:${shellPort}-:${SHELL_PORT}`,
  ].join();
