import { setTimeout as delay } from "node:timers/promises";
import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import type { RegistryLogin } from "../docker/registry-logins.ts";
import type { RoleKeeper } from "../endpoints/role-keeper.ts";
import { ContainerError } from "../engine.ts";
import { type Fetched, fetchSources } from "./fetch-sources.ts";
import type { OpenReader, SourceKeys } from "./source-reader.ts";

export interface TaskSourcesParts {
  readonly roles: Pick<RoleKeeper, "executionKeysOf">;
  readonly open: OpenReader;
  /** How long all that one task needs may take. */
  readonly timeoutMs?: number;
  /** How long one question waits for keys, before others have their turn. */
  readonly keysWaitMs?: number;
}

const TIMEOUT_MS = 60_000;
const KEYS_WAIT_MS = 5_000;
const KEYS_POLL_MS = 100;

/**
 * What was fetched for tasks that are being made: variables, secrets, logins. It is in memory alone,
 * and no longer than until the task's containers are there.
 */
export class TaskSources {
  readonly #parts: TaskSourcesParts;
  readonly #fetched = new Map<string, ReadonlyMap<string, Fetched>>();

  constructor(parts: TaskSourcesParts) {
    this.#parts = parts;
  }

  /**
   * @returns `awaited` where the keys that it takes have not come yet: it is to be asked again
   * @throws ContainerError ResourceInitializationError
   */
  async fetch(task: PayloadTask): Promise<"fetched" | "awaited"> {
    const keys = await this.#keysFor(task);
    if (keys === "awaited") return "awaited";
    const { timeoutMs = TIMEOUT_MS } = this.#parts;
    const signal = AbortSignal.timeout(timeoutMs);
    const reader = this.#parts.open(keys, signal);
    try {
      this.#fetched.set(task.arn, await fetchSources(task, reader));
      return "fetched";
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new ContainerError(
        `ResourceInitializationError: secrets and environment files were not fetched within ${timeoutMs / 1_000}s`,
      );
    } finally {
      reader.close();
    }
  }

  /** The container with all its variables and log options. */
  applied({ arn }: PayloadTask, container: PayloadContainer): PayloadContainer {
    const fetched = this.#fetched.get(arn)?.get(container.name);
    return fetched ? withFetched(container, fetched) : container;
  }

  loginFor(taskArn: string, containerName: string): RegistryLogin | undefined {
    return this.#fetched.get(taskArn)?.get(containerName)?.login;
  }

  forget(taskArn: string): void {
    this.#fetched.delete(taskArn);
  }

  /** After the agent's restart they come with a message of their own, once the control plane is there. */
  async #keysFor({ arn }: PayloadTask): Promise<SourceKeys | "awaited"> {
    const { roles, keysWaitMs = KEYS_WAIT_MS } = this.#parts;
    const until = Date.now() + keysWaitMs;
    for (;;) {
      const keys = roles.executionKeysOf(arn);
      if (keys === "none") {
        throw new ContainerError(
          "ResourceInitializationError: unable to find execution role credentials",
        );
      }
      if (keys !== "awaited") return sourceKeys(keys);
      if (Date.now() >= until) return "awaited";
      await delay(KEYS_POLL_MS);
    }
  }
}

/** What is a text in messages would have to be a time here; nobody waits so long. */
const sourceKeys = ({ accessKeyId, secretAccessKey, sessionToken }: SourceKeys): SourceKeys => ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
});

function withFetched(container: PayloadContainer, fetched: Fetched): PayloadContainer {
  const { fileVariables, secretVariables, logOptions } = fetched;
  return {
    ...container,
    environment: { ...fileVariables, ...container.environment, ...secretVariables },
    ...(Object.keys(logOptions).length > 0 && withLogOptions(container, logOptions)),
  };
}

interface LoggedHostConfig {
  readonly LogConfig?: { readonly Config?: Readonly<Record<string, string>> };
}

function withLogOptions(
  { dockerConfig }: PayloadContainer,
  options: Readonly<Record<string, string>>,
): Pick<PayloadContainer, "dockerConfig"> {
  const hostConfig = JSON.parse(dockerConfig?.hostConfig || "{}") as LoggedHostConfig;
  const { LogConfig } = hostConfig;
  const logged = { ...LogConfig, Config: { ...LogConfig?.Config, ...options } };
  return {
    dockerConfig: {
      version: dockerConfig?.version ?? "",
      ...dockerConfig,
      hostConfig: JSON.stringify({ ...hostConfig, LogConfig: logged }),
    },
  };
}
