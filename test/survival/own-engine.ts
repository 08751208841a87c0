import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connectDocker } from "@berth/agent/docker/connection";
import { prepareDemoImages } from "@berth/local/engine/demo-image";

const START_TIMEOUT_MS = 60_000;

/** An engine of a test's own, which may be restarted: others use the one of the machine. */
export class OwnEngine {
  readonly #directory: string;
  readonly #flags: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(directory: string, flags: readonly string[]) {
    this.#directory = directory;
    this.#flags = flags;
  }

  /** Why none can be had here, or undefined. */
  static async problem(): Promise<string | undefined> {
    try {
      await (await OwnEngine.start({ liveRestore: false })).close();
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  /** @throws Error with what the engine says, where none can be started here */
  static async start({ liveRestore }: { readonly liveRestore: boolean }): Promise<OwnEngine> {
    const directory = mkdtempSync(join(tmpdir(), "berth-engine-"));
    const engine = new OwnEngine(directory, liveRestore ? ["--live-restore"] : []);
    await engine.#launch();
    await prepareDemoImages(engine.docker);
    return engine;
  }

  get dockerHost(): string {
    return `unix://${this.#directory}/docker.sock`;
  }

  get docker() {
    return connectDocker(this.dockerHost);
  }

  /** Ends it and starts it again once it was away for so long. */
  async restart(signal: "SIGTERM" | "SIGKILL", awayMs = 0): Promise<void> {
    await this.#end(signal);
    await delay(awayMs);
    await this.#launch();
  }

  /** Ends it, its containers and all that it kept. */
  async close(): Promise<void> {
    for (const { Id } of await this.docker.listContainers({ all: true })) {
      await this.docker.getContainer(Id).remove({ force: true, v: true });
    }
    await this.#end("SIGTERM");
    for (const path of mountsIn(this.#directory)) spawnSync("umount", ["--lazy", path]);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /**
   * In a network namespace of its own: a second engine would else remove the bridge of the first, and
   * write rules beside its.
   */
  async #launch(): Promise<void> {
    const at = (name: string) => join(this.#directory, name);
    // A killed one leaves its socket and its number.
    for (const name of ["docker.sock", "pid"]) rmSync(at(name), { force: true });
    const log = openSync(at("log"), "a");
    this.#process = spawn(
      "unshare",
      [
        "--net",
        "dockerd",
        `--data-root=${at("data")}`,
        `--exec-root=${at("exec")}`,
        `--pidfile=${at("pid")}`,
        `--host=${this.dockerHost}`,
        "--storage-driver=vfs",
        "--bridge=none",
        "--iptables=false",
        "--ip-masq=false",
        ...this.#flags,
      ],
      { stdio: ["ignore", log, log] },
    );
    this.#process.on("error", () => undefined);
    const end = performance.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null || performance.now() > end) {
        throw new Error(
          `No second engine can be started here:\n${readFileSync(at("log"), "utf8")}`,
        );
      }
      await delay(100);
    }
  }

  async #answers(): Promise<boolean> {
    if (!existsSync(join(this.#directory, "docker.sock"))) return false;
    return this.docker.version().then(
      () => true,
      () => false,
    );
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const process = this.#process;
    if (!process || process.exitCode !== null) return;
    process.kill(signal);
    await once(process, "exit");
  }
}

/** What an engine leaves mounted, the innermost first. */
const mountsIn = (directory: string): readonly string[] =>
  readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? [])
    .filter((path) => path.startsWith(`${directory}/`))
    .toReversed();
