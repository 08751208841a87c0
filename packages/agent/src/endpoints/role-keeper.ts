import type { PayloadTask, RoleCredentials, RoleType } from "@berth/contracts/agent/messages";
import { withEndpoints } from "./environment.ts";
import { isLoggedByExecutionRole, withLogCredentials } from "./log-credentials.ts";

interface KeptRole {
  readonly taskArn: string;
  readonly roleType: RoleType;
  readonly credentials: RoleCredentials;
}

/**
 * The keys of the roles of this instance's tasks, by their ids. They are in memory alone: after a
 * restart the control plane sends them anew.
 */
export class RoleKeeper {
  readonly #kept = new Map<string, KeptRole>();
  /** Tasks that came without an execution role; of those from before a restart it is not known. */
  readonly #withoutExecution = new Set<string>();
  /** Whether containers reach the endpoints. */
  readonly #isServing: boolean;

  readonly #own: RoleCredentials | undefined;

  /** @param own what the instance itself has, whatever its tasks */
  constructor({ isServing, own }: { readonly isServing: boolean; readonly own?: RoleCredentials }) {
    this.#isServing = isServing;
    this.#own = own;
  }

  find(credentialsId: string): RoleCredentials | undefined {
    if (credentialsId === this.#own?.credentialsId) return this.#own;
    return this.#kept.get(credentialsId)?.credentials;
  }

  /** What keeps a task from getting what it asks for, or undefined. */
  problemOf(task: PayloadTask): string | undefined {
    const { roleCredentials, executionRoleCredentials, containers } = task;
    const given = [roleCredentials, executionRoleCredentials].filter(isGiven);
    if (!given.every(isWhole)) return "its role credentials are not whole";
    if (isGiven(roleCredentials) && !this.#isServing) {
      return "roleCredentials is not supported: the task endpoint cannot be reached here";
    }
    if (!containers.some(isLoggedByExecutionRole)) return undefined;
    if (!isGiven(executionRoleCredentials))
      return "it has no keys of the execution role to log with";
    return this.#isServing
      ? undefined
      : "logsAuthStrategy is not supported: the task endpoint cannot be reached here";
  }

  /** Keeps the keys that came with a task, and gives the task as it may be written down. */
  take(task: PayloadTask): {
    readonly task: PayloadTask;
    readonly taken: readonly RoleCredentials[];
  } {
    const { roleCredentials, executionRoleCredentials, ...rest } = task;
    const taken = [roleCredentials, executionRoleCredentials].filter(isGiven);
    if (isGiven(roleCredentials)) this.renew(task.arn, "TaskApplication", roleCredentials);
    if (isGiven(executionRoleCredentials)) {
      this.renew(task.arn, "TaskExecution", executionRoleCredentials);
    } else this.#withoutExecution.add(task.arn);
    if (!this.#isServing || task.desiredStatus === "STOPPED") return { task: rest, taken };
    const logged = withLogCredentials(rest, executionRoleCredentials);
    return { task: withEndpoints(logged, roleCredentials?.credentialsId), taken };
  }

  renew(taskArn: string, roleType: RoleType, credentials: RoleCredentials): void {
    this.#kept.set(credentials.credentialsId, { taskArn, roleType, credentials });
  }

  /** `none`: the task has no such role; `awaited`: nothing of it was heard yet. */
  executionKeysOf(taskArn: string): RoleCredentials | "none" | "awaited" {
    const kept = this.#kept
      .values()
      .find((each) => each.taskArn === taskArn && each.roleType === "TaskExecution");
    return kept?.credentials ?? (this.#withoutExecution.has(taskArn) ? "none" : "awaited");
  }

  /** Forgets the keys of all other tasks. */
  keepOnly(taskArns: ReadonlySet<string>): void {
    for (const [id, { taskArn }] of this.#kept) if (!taskArns.has(taskArn)) this.#kept.delete(id);
    for (const taskArn of this.#withoutExecution) {
      if (!taskArns.has(taskArn)) this.#withoutExecution.delete(taskArn);
    }
  }
}

/** Go's encoders print `null` for what is not there. */
const isGiven = (value: RoleCredentials | null | undefined): value is RoleCredentials =>
  value !== undefined && value !== null;

const MEMBERS = [
  "credentialsId",
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
  "expiration",
  "roleArn",
] as const;

/** Whether an untrusted value has all that keys need. */
export function isWhole(value: unknown): value is RoleCredentials {
  if (typeof value !== "object" || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  return MEMBERS.every((name) => {
    const member = members.get(name);
    return typeof member === "string" && member !== "";
  });
}
