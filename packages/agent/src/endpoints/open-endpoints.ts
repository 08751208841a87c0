import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Server } from "node:http";
import type { AgentConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { ManagedTask } from "../state.ts";
import type { InstanceRecord } from "../state-files.ts";
import type { Bridge, ContainerInspector } from "./container-inspector.ts";
import { EndpointGate } from "./gate.ts";
import { answerIntrospection } from "./introspection.ts";
import { ownCredentials } from "./log-credentials.ts";
import { RoleKeeper } from "./role-keeper.ts";
import { serveIntrospection } from "./serve-introspection.ts";
import { TaskEndpoints } from "./task-endpoints.ts";

/** What answers need, once the agent has registered. */
export interface ServeParts {
  readonly api: ECSClient;
  readonly instance: InstanceRecord;
  readonly tasks: () => readonly ManagedTask[];
}

/** What tasks of this instance can ask the agent, and people its introspection. */
export interface OpenEndpoints {
  /** Whether containers reach them. */
  readonly isServing: boolean;
  readonly roles: RoleKeeper;
  serve(parts: ServeParts): Promise<void>;
  close(): void;
}

type Config = Pick<
  AgentConfig,
  "taskEndpoints" | "metadataLimits" | "cluster" | "hostAddress" | "awslogsKey"
>;

/** Opens the way for containers to this agent, where the engine is on this machine and has one. */
export async function openEndpoints(
  config: Config,
  inspector: ContainerInspector | undefined,
  log: Log,
): Promise<OpenEndpoints> {
  const bridge = config.taskEndpoints ? await inspector?.bridge() : undefined;
  if (!inspector || !bridge) return NONE;
  const gate = new EndpointGate({ bridge, limits: config.metadataLimits, log });
  const isServing = await gate.open();
  const { awslogsKey } = config;
  const roles = new RoleKeeper({
    isServing,
    ...(awslogsKey && { own: ownCredentials(awslogsKey) }),
  });
  const around = { config, inspector, bridge, roles, log };
  let introspection: Server | undefined;
  return {
    isServing,
    roles,
    async serve(parts) {
      const endpoints = taskEndpoints(parts, around);
      gate.serve((request) => endpoints.answer(request));
      introspection = await openIntrospection(parts, around);
    },
    close() {
      gate.close();
      introspection?.close();
      introspection?.closeAllConnections();
    },
  };
}

const NONE: OpenEndpoints = {
  isServing: false,
  roles: new RoleKeeper({ isServing: false }),
  serve: async () => undefined,
  close: () => undefined,
};

interface Around {
  readonly config: Config;
  readonly inspector: ContainerInspector;
  readonly bridge: Bridge;
  readonly roles: RoleKeeper;
  readonly log: Log;
}

function taskEndpoints(parts: ServeParts, { config, ...around }: Around): TaskEndpoints {
  const { containerInstanceArn, availabilityZone } = parts.instance;
  return new TaskEndpoints({
    ...around,
    api: parts.api,
    tasks: parts.tasks,
    cluster: config.cluster,
    containerInstanceArn,
    ...(availabilityZone !== undefined && { availabilityZone }),
  });
}

function openIntrospection(
  { instance, tasks }: ServeParts,
  { config, inspector, bridge, log }: Around,
): Promise<Server> {
  const { containerInstanceArn } = instance;
  const { cluster, hostAddress } = config;
  const about = { cluster, containerInstanceArn, inspector, tasks };
  const answer = (request: Parameters<typeof answerIntrospection>[1]) =>
    answerIntrospection(about, request);
  return serveIntrospection(answer, { bridge, hostAddress, log });
}
