import { defined } from "@berth/domain/defined";
import { isInternal } from "../pause.ts";
import type { ManagedTask } from "../state.ts";
import { AGENT_HASH, AGENT_VERSION } from "../session/version.ts";
import { type EndpointAnswer, type EndpointRequest, json, text } from "./answer.ts";
import type { ContainerInspector } from "./container-inspector.ts";
import { nonEmpty, portsOf, volumesOf } from "./container-metadata.ts";
import { containersOf, type FoundContainer } from "./find-task.ts";
import { knownStatus } from "./task-metadata.ts";

export interface IntrospectionParts {
  /** As configured. */
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly inspector: ContainerInspector;
  readonly tasks: () => readonly ManagedTask[];
}

const METADATA = "/v1/metadata";
const TASKS = "/v1/tasks";
const LICENSE = "/license";

/** The engine's short form of an id. */
const SHORT_ID_LENGTH = 12;

/** What anybody on the machine may know of its agent. Source: ECS developer guide, introspection. */
export async function answerIntrospection(
  parts: IntrospectionParts,
  { path, query }: EndpointRequest,
): Promise<EndpointAnswer> {
  switch (path) {
    case METADATA:
      return json(200, {
        Cluster: parts.cluster,
        ContainerInstanceArn: parts.containerInstanceArn,
        Version: `Amazon ECS Agent - v${AGENT_VERSION} (${AGENT_HASH})`,
      });
    case TASKS:
      return answerTasks(parts, query);
    case LICENSE:
      return text(
        200,
        "Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0\n",
      );
    default:
      return json(200, { AvailableCommands: [METADATA, TASKS, LICENSE] });
  }
}

async function answerTasks(
  parts: IntrospectionParts,
  query: URLSearchParams,
): Promise<EndpointAnswer> {
  const [taskArn, dockerId] = [query.get("taskarn"), query.get("dockerid")];
  if (taskArn !== null && dockerId !== null) return text(400, "");
  const tasks = parts.tasks();
  if (taskArn === null && dockerId === null) {
    return json(200, { Tasks: await Promise.all(tasks.map((each) => describe(parts, each))) });
  }
  const found = tasks.filter((task) =>
    taskArn === null ? hasContainer(task, dockerId ?? "") : task.arn === taskArn,
  );
  const [task] = found;
  if (found.length > 1) return text(400, "");
  return task ? json(200, await describe(parts, task)) : json(404, NO_TASK);
}

const NO_TASK = { Arn: "", KnownStatus: "", Family: "", Version: "", Containers: null };

const hasContainer = ({ containers }: ManagedTask, id: string): boolean =>
  containers.some(({ dockerId }) =>
    id.length > SHORT_ID_LENGTH ? dockerId === id : id !== "" && dockerId?.startsWith(id),
  );

async function describe(parts: IntrospectionParts, task: ManagedTask): Promise<object> {
  const known = knownStatus(task);
  const created = containersOf(task).filter(
    ({ state }) => state.dockerId !== undefined && !isInternal(state.name),
  );
  return {
    Arn: task.arn,
    DesiredStatus: task.desiredStatus,
    KnownStatus: known === "RUNNING" || known === "STOPPED" ? known : "PENDING",
    Family: task.payload.family,
    Version: task.payload.version,
    Containers: await Promise.all(created.map((each) => describeContainer(parts, each))),
  };
}

async function describeContainer(
  { inspector }: IntrospectionParts,
  found: FoundContainer,
): Promise<object> {
  const { dockerId = "", name } = found.state;
  const info = await inspector.inspect(dockerId).catch(() => undefined);
  return {
    DockerId: dockerId,
    DockerName: info?.name ?? "",
    Name: name,
    ...defined({ Ports: nonEmpty(portsOf(found)), Volumes: nonEmpty(volumesOf(info)) }),
  };
}
