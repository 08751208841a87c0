import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Log } from "../log.ts";
import type { ManagedTask } from "../state.ts";
import { type EndpointAnswer, type EndpointRequest, json } from "./answer.ts";
import type { ContainerInspector, InspectedContainer } from "./container-inspector.ts";
import { containerMetadata } from "./container-metadata.ts";
import { containersOf, findContainer, type FoundContainer, isCredentialsId } from "./find-task.ts";
import { credentialsUninitialized } from "./refusals.ts";
import type { RoleKeeper } from "./role-keeper.ts";
import { type EndpointRoute, type MetadataVersion, routeOf } from "./route.ts";
import { taskMetadata, type TaskSurroundings } from "./task-metadata.ts";
import { answerTaskProtection } from "./task-protection.ts";
import { tagsOf } from "./task-tags.ts";

export interface TaskEndpointParts extends TaskSurroundings {
  readonly api: ECSClient;
  readonly containerInstanceArn: string;
  readonly inspector: ContainerInspector;
  readonly roles: RoleKeeper;
  readonly log: Log;
  readonly tasks: () => readonly ManagedTask[];
}

type MetadataRoute = Extract<EndpointRoute, { kind: "metadata" }>;

/** What the containers of one instance are answered: by ids that each was told, and nobody else. */
export class TaskEndpoints {
  readonly #parts: TaskEndpointParts;

  constructor(parts: TaskEndpointParts) {
    this.#parts = parts;
  }

  /** @returns undefined where it is about no container of this instance */
  async answer(request: EndpointRequest): Promise<EndpointAnswer | undefined> {
    const route = routeOf(request.path, request.query);
    if (!route) return undefined;
    if (route.kind === "credentials") return this.#credentials(route);
    const found = findContainer(this.#parts.tasks(), route.id);
    if (!found) return undefined;
    if (route.kind === "metadata") return this.#metadata(found, route);
    const { api, cluster } = this.#parts;
    return answerTaskProtection({ api, cluster, taskArn: found.task.arn }, request);
  }

  #credentials(route: Extract<EndpointRoute, { kind: "credentials" }>): EndpointAnswer | undefined {
    const { roles, tasks, log } = this.#parts;
    const credentials = roles.find(route.id);
    if (!credentials) {
      return isCredentialsId(tasks(), route.id) ? credentialsUninitialized(route) : undefined;
    }
    // Who was given keys, and never which.
    log.info("role-keys-served", { role: credentials.roleArn, expires: credentials.expiration });
    const { roleArn, accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
    return json(200, {
      RoleArn: roleArn,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: expiration,
    });
  }

  async #metadata(found: FoundContainer, route: MetadataRoute): Promise<EndpointAnswer> {
    try {
      return json(200, await this.#tell(found, route));
    } catch (error) {
      this.#parts.log.warn("metadata-failed", { task: found.task.arn, error });
      return json(500, "failed to get metadata");
    }
  }

  async #tell(found: FoundContainer, { of, version }: MetadataRoute): Promise<unknown> {
    switch (of) {
      case "container":
        return this.#container(found, version);
      case "task":
        return this.#task(found.task, version);
      case "taskWithTags":
        return { ...(await this.#task(found.task, version)), ...(await this.#tags(found.task)) };
      case "stats":
        return this.#stats(found);
      case "taskStats":
        return this.#taskStats(found.task);
    }
  }

  async #container(found: FoundContainer, version: MetadataVersion): Promise<object> {
    return containerMetadata(found, await this.#inspect(found), version);
  }

  async #task(task: ManagedTask, version: MetadataVersion): Promise<object> {
    const begun = containersOf(task).filter(({ state }) => state.phase !== "NONE");
    const containers = await Promise.all(begun.map((each) => this.#container(each, version)));
    return taskMetadata(task, containers, { ...this.#parts, version });
  }

  #tags({ arn }: ManagedTask): Promise<object> {
    const { api, containerInstanceArn } = this.#parts;
    return tagsOf(api, { TaskTags: arn, ContainerInstanceTags: containerInstanceArn });
  }

  /** `null` where it does not run, as the ECS agent says it. */
  async #stats({ state }: FoundContainer): Promise<object | null> {
    if (state.phase !== "RUNNING" || state.dockerId === undefined) return null;
    return this.#parts.inspector.stats(state.dockerId);
  }

  async #taskStats(task: ManagedTask): Promise<object> {
    const created = containersOf(task).filter(({ state }) => state.dockerId !== undefined);
    const stats = await Promise.all(
      created.map(async (each) => [each.state.dockerId, await this.#stats(each)] as const),
    );
    return Object.fromEntries(stats) as object;
  }

  async #inspect({ state }: FoundContainer): Promise<InspectedContainer | undefined> {
    if (state.dockerId === undefined) return undefined;
    // One that was removed is still told of, as far as the agent knows it.
    return this.#parts.inspector.inspect(state.dockerId).catch(() => undefined);
  }
}
