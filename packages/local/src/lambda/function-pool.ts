import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FunctionLimits } from "@berth/functions/function-limits";
import type { Invocation, RuntimeMessage } from "./runtime-messages.ts";

export interface FunctionSpec {
  readonly name: string;
  /** Path of the module that exports `handler`. */
  readonly bundle: string;
  /** All that the function's process has of an environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: FunctionLimits;
  /** Processes at once; who comes after waits. */
  readonly maxConcurrency: number;
  /** A process for each invocation: every start is a cold one. */
  readonly alwaysCold: boolean;
  readonly logFile: string;
}

const RUNTIME = fileURLToPath(new URL("./runtime-program.ts", import.meta.url));
const EXIT_WITH_PARENT = fileURLToPath(
  new URL("../supervisor/exit-with-parent.ts", import.meta.url),
);

/** Lambda keeps idle instances for some minutes; a machine has better use for the memory. */
const IDLE_MS = 60_000;

/** What a synchronous invocation carries, each way. Source: Lambda developer guide, quotas. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** An event or an answer that Lambda would not carry. */
export class PayloadTooLargeError extends Error {
  constructor(what: "event" | "answer") {
    super(`The ${what} is over the limit of ${MAX_PAYLOAD_BYTES} bytes.`);
    this.name = "PayloadTooLargeError";
  }
}

interface Instance {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  idleTimer?: NodeJS.Timeout;
}

/**
 * A function as Lambda runs it: instances in processes of their own, each with one invocation at a
 * time and its own memory limit, started when none is idle, killed when time is up.
 */
export class FunctionPool {
  readonly #spec: FunctionSpec;
  readonly #instances = new Set<Instance>();
  readonly #idle: Instance[] = [];
  readonly #waiting: (() => void)[] = [];
  #inWork = 0;

  constructor(spec: FunctionSpec) {
    this.#spec = spec;
  }

  /** All that its processes have of an environment. */
  get env(): Readonly<Record<string, string>> {
    return this.#spec.env;
  }

  /** Process ids of the instances that live. */
  get pids(): readonly number[] {
    return [...this.#instances].flatMap(({ child }) => child.pid ?? []);
  }

  /** @throws PayloadTooLargeError, or Error with what the function threw or how it ended */
  async invoke(event: unknown): Promise<unknown> {
    assertCarried("event", event);
    if (this.#inWork >= this.#spec.maxConcurrency) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#inWork += 1;
    }
    try {
      const instance = this.#idle.pop() ?? this.#start();
      clearTimeout(instance.idleTimer);
      const result = await this.#invokeOn(instance, event);
      assertCarried("answer", result);
      return result;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inWork -= 1;
    }
  }

  close(): void {
    for (const { child } of this.#instances) child.kill("SIGKILL");
  }

  #start(): Instance {
    const { bundle, env, limits, logFile } = this.#spec;
    const log = openSync(logFile, "a", 0o600);
    const child = fork(RUNTIME, [bundle], {
      env: { ...env },
      execArgv: [`--max-old-space-size=${limits.memoryMiB}`, "--import", EXIT_WITH_PARENT],
      stdio: ["ignore", log, log, "ipc"],
      detached: true,
    });
    closeSync(log);
    const ready = new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", (code, signal) => reject(this.#ended(code, signal)));
      // A process that could not be started has no exit. Nobody heeds it later: `exit` says it all.
      child.on("error", reject);
    });
    const instance: Instance = { child, ready };
    this.#instances.add(instance);
    child.once("exit", () => this.#forget(instance));
    ready.catch(() => this.#forget(instance));
    return instance;
  }

  #forget(instance: Instance): void {
    this.#instances.delete(instance);
    const position = this.#idle.indexOf(instance);
    if (position >= 0) this.#idle.splice(position, 1);
  }

  async #invokeOn(instance: Instance, event: unknown): Promise<unknown> {
    await instance.ready;
    const message = await this.#exchange(instance.child, event);
    this.#release(instance);
    if (message.kind === "failed") throw new Error(message.error);
    return message.result;
  }

  #release(instance: Instance): void {
    const { child } = instance;
    if (this.#spec.alwaysCold) child.kill("SIGKILL");
    else if (this.#instances.has(instance)) {
      instance.idleTimer = setTimeout(() => child.kill("SIGKILL"), IDLE_MS).unref();
      this.#idle.push(instance);
    }
  }

  #exchange(
    child: ChildProcess,
    event: unknown,
  ): Promise<Exclude<RuntimeMessage, { kind: "ready" }>> {
    const { name, limits } = this.#spec;
    const invocation: Invocation = {
      id: randomUUID(),
      event,
      functionName: name,
      memoryMiB: limits.memoryMiB,
      deadline: Date.now() + limits.timeoutSeconds * 1_000,
    };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${name}: Task timed out after ${limits.timeoutSeconds} seconds`));
        child.kill("SIGKILL");
      }, limits.timeoutSeconds * 1_000);
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
        fail(this.#ended(code, signal));
      child.once("exit", onExit);
      child.once("message", (message: Exclude<RuntimeMessage, { kind: "ready" }>) => {
        clearTimeout(timer);
        child.removeListener("exit", onExit);
        resolve(message);
      });
      child.send(invocation, (error) => {
        if (!error) return;
        // It is dying, or of no use any more.
        fail(new Error(`${name}: Runtime takes no event: ${error.message}`));
        child.kill("SIGKILL");
      });
    });
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): Error {
    return new Error(`${this.#spec.name}: Runtime exited with ${signal ?? `code ${code}`}`);
  }
}

function assertCarried(what: "event" | "answer", payload: unknown): void {
  if (Buffer.byteLength(JSON.stringify(payload ?? null)) > MAX_PAYLOAD_BYTES) {
    throw new PayloadTooLargeError(what);
  }
}
