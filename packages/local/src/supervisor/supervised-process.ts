import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ProcessEntry } from "@berth/contracts/local/installation";
import { deathsInARow, restartDelayMs } from "./back-off.ts";

export interface ProgramSpec {
  readonly name: string;
  /** Path of the program's TypeScript file. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of Node's, besides those that every program has. */
  readonly nodeOptions?: readonly string[];
  readonly logFile: string;
  /** Called whenever pid or number of restarts change. */
  readonly onChange: () => void;
  /** Called after each death that was not asked for. */
  readonly onDeath?: () => void;
}

const EXIT_WITH_PARENT = fileURLToPath(new URL("./exit-with-parent.ts", import.meta.url));
/** Without a limit V8 lets garbage grow with the machine's memory: measured, twice as much for no more speed. */
const MAX_HEAP_MIB = 256;
const STOP_TIMEOUT_MS = 8_000;
const MAX_FAILED_STARTS = 5;
const LOG_LINES_SHOWN = 10;

/** Who waits for the first time that it is ready. Settled once, whatever comes later. */
interface Starting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A child process that is started again, with growing delays, whenever it dies. It never outlives
 * this process, and a Ctrl-C in the terminal does not reach it: the supervisor decides the order in
 * which things stop.
 */
export class SupervisedProcess {
  readonly #spec: ProgramSpec;
  #child: ChildProcess | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #deaths = 0;
  #restarts = 0;
  #stopping = false;

  constructor(spec: ProgramSpec) {
    this.#spec = spec;
  }

  /** For `processes.json`. */
  entry(): ProcessEntry {
    const pid = this.#child?.pid;
    return {
      name: this.#spec.name,
      ...(pid === undefined ? {} : { pid }),
      restarts: this.#restarts,
    };
  }

  /**
   * Starts it and resolves with its first message, which says that it is ready. Rejects, with the end
   * of its log, when it has died too often before that; it is tried again all the same.
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#spawn({ resolve, reject });
    });
  }

  /** Kills it at once; it is started again as after any other death. */
  restart(): void {
    this.#child?.kill("SIGKILL");
  }

  /** SIGTERM, and SIGKILL for one that does not obey. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      child.once("exit", () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }

  #spawn(starting: Starting): void {
    const startedAt = Date.now();
    const log = openSync(this.#spec.logFile, "a", 0o600);
    const child = fork(this.#spec.program, [...this.#spec.args], {
      env: { ...process.env, ...this.#spec.env },
      execArgv: [
        `--max-old-space-size=${MAX_HEAP_MIB}`,
        ...(this.#spec.nodeOptions ?? []),
        "--import",
        EXIT_WITH_PARENT,
      ],
      stdio: ["ignore", log, log, "ipc"],
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    child.once("message", () => starting.resolve());
    child.once("exit", () => this.#onExit(Date.now() - startedAt, starting));
    child.on("error", () => {
      const neverStarted = child.pid === undefined;
      if (neverStarted) this.#onExit(0, starting);
    });
    this.#spec.onChange();
  }

  #onExit(livedMs: number, starting: Starting): void {
    this.#child = undefined;
    if (this.#stopping) return this.#spec.onChange();
    this.#deaths = deathsInARow(this.#deaths, livedMs);
    this.#restarts += 1;
    if (this.#deaths === MAX_FAILED_STARTS) starting.reject(this.#startFailure());
    this.#restartTimer = setTimeout(() => this.#spawn(starting), restartDelayMs(this.#deaths));
    this.#spec.onChange();
    this.#spec.onDeath?.();
  }

  #startFailure(): Error {
    const { name, logFile } = this.#spec;
    const lines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-LOG_LINES_SHOWN);
    return new Error(`${name} does not start:\n${lines.join("\n")}`);
  }
}
