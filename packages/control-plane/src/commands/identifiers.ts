import { type ArnParts, parseArn, type Scope } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";

const NAME = /^[a-zA-Z0-9\-_]{1,255}$/;
const HEX_ID = /^[0-9a-f]{32}$/;
/** Ids of the time before long ARNs: they parse, and name nothing that Berth has. */
const DASHED_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The cluster that every operation means when it is told none. */
export const DEFAULT_CLUSTER = "default";

/** @throws EcsError InvalidParameterException, for what can be no cluster of this scope */
export function clusterName(scope: Scope, nameOrArn: string | undefined): string {
  const name = localId(scope, { type: "cluster" }, nameOrArn ?? DEFAULT_CLUSTER);
  if (NAME.test(name)) return name;
  throw invalid(`Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${name}`);
}

/** @throws EcsError InvalidParameterException, for what can be no task of this cluster */
export function taskId(scope: Scope, cluster: string, idOrArn: string): string {
  return hexId(localId(scope, { type: "task", cluster }, idOrArn), "task", "Task");
}

/** @throws EcsError InvalidParameterException, for what can be no container instance of this cluster */
export function containerInstanceId(scope: Scope, cluster: string, idOrArn: string): string {
  const id = localId(scope, { type: "container-instance", cluster }, idOrArn);
  return hexId(id, "containerInstance", "Container Instance");
}

/** @throws EcsError InvalidParameterException, for what can be no service of this cluster */
export function serviceName(scope: Scope, cluster: string, nameOrArn: string): string {
  const name = localId(scope, { type: "service", cluster }, nameOrArn);
  if (NAME.test(name)) return name;
  throw invalid("Service Identifier is invalid");
}

/** @throws EcsError InvalidParameterException, for what can be no capacity provider of this scope */
export function capacityProviderName(scope: Scope, nameOrArn: string): string {
  const name = localId(scope, { type: "capacity-provider" }, nameOrArn);
  if (NAME.test(name)) return name;
  throw invalid("The specified capacity provider name is invalid.");
}

const TASK_SET_ID = /^ecs-svc\/\d{1,19}$/;

/**
 * @param of The service that the request is about, by its names
 * @throws EcsError InvalidParameterException, for what can be no task set of this service
 */
export function taskSetId(
  scope: Scope,
  of: { readonly cluster: string; readonly service: string },
  idOrArn: string,
): string {
  const id = idOrArn.startsWith("arn:") ? pathInService(of, scope, idOrArn) : idOrArn;
  if (TASK_SET_ID.test(id)) return id;
  throw invalid("Task Set Identifier is invalid");
}

function pathInService(
  { cluster, service }: { readonly cluster: string; readonly service: string },
  scope: Scope,
  arn: string,
): string {
  const [inCluster, ofService, ...id] = ownPath(scope, "task-set", arn);
  if (inCluster === cluster && ofService === service) return id.join("/");
  throw invalid(
    `Invalid identifier: Identifier is for service ${inCluster}/${ofService}. Your service is ${cluster}/${service}`,
  );
}

/** What belongs to a service and is named by its ARN only. */
export interface ServiceChildRef {
  readonly cluster: string;
  /** Of the service. */
  readonly name: string;
  readonly id: string;
}

/** @throws EcsError InvalidParameterException, for what can be no ARN of this kind and scope */
export function serviceChildRef(
  scope: Scope,
  type: "service-deployment" | "service-revision",
  arn: string,
): ServiceChildRef {
  const [cluster, name, id, ...rest] = arn.startsWith("arn:") ? ownPath(scope, type, arn) : [];
  if (cluster === undefined || name === undefined || id === undefined || rest.length > 0) {
    throw invalid("Invalid identifier: Unexpected number of separators");
  }
  return { cluster, name, id };
}

export interface TaskDefinitionRef {
  readonly family: string;
  /** Absent: the latest ACTIVE one is meant. */
  readonly revision?: number;
}

/**
 * Reads `family`, `family:revision` or an ARN.
 *
 * @throws EcsError InvalidParameterException
 */
export function taskDefinitionRef(scope: Scope, text: string): TaskDefinitionRef {
  const [family = "", revision, ...rest] = localId(scope, { type: "task-definition" }, text).split(
    ":",
  );
  if (rest.length > 0) throw invalid("Invalid identifier: Unexpected number of separators");
  if (!NAME.test(family)) throw invalid("Task Definition Identifier is invalid");
  if (revision === undefined) return { family };
  if (!/^[1-9]\d{0,8}$/.test(revision)) {
    throw invalid(`Invalid revision number. Number: ${revision}`);
  }
  return { family, revision: Number(revision) };
}

interface Expected {
  readonly type:
    | "capacity-provider"
    | "cluster"
    | "task"
    | "container-instance"
    | "service"
    | "task-definition";
  /** For what lives in a cluster: the one that the request is about. */
  readonly cluster?: string;
}

/** What an ARN ends with once it is known to be ours, of this type and cluster; else the text itself. */
function localId(scope: Scope, expected: Expected, idOrArn: string): string {
  if (!idOrArn.startsWith("arn:")) return idOrArn;
  const path = ownPath(scope, expected.type, idOrArn);
  return expected.cluster === undefined ? only(path) : inCluster(expected.cluster, path);
}

/** What follows the type in an ARN of ours. */
function ownPath(scope: Scope, type: string, text: string): readonly string[] {
  const arn = ownArn(scope, text);
  if (arn.resourceType !== type) throw unsupportedType(arn);
  return arn.path;
}

/** @throws EcsError InvalidParameterException, for what is no ARN of this scope */
export function ownArn(scope: Scope, text: string): ArnParts {
  const arn = parseArn(text);
  if (arn?.service !== "ecs") {
    throw invalid("Invalid identifier: Unexpected number of separators");
  }
  if (arn.region !== scope.region) throw invalid("Invalid Region in ARN");
  if (arn.account !== scope.account) {
    throw invalid(
      `Invalid identifier: Identifier is for ${arn.account}. Your accountId is ${scope.account}`,
    );
  }
  return arn;
}

/** The refusal of an ARN whose kind of resource is not what is asked for. */
export const unsupportedType = ({ resourceType }: ArnParts) =>
  invalid(`Unsupported resource type: ${resourceType}`);

function only(path: readonly string[]): string {
  const [name, ...rest] = path;
  if (name === undefined || rest.length > 0) {
    throw invalid("Invalid identifier: Unexpected number of separators");
  }
  return name;
}

/** Old ARNs name no cluster: they are taken to be of the one that the request is about. */
function inCluster(cluster: string, path: readonly string[]): string {
  const [first, second, ...rest] = path;
  if (first === undefined || rest.length > 0) {
    throw invalid("Invalid identifier: Unexpected number of separators");
  }
  if (second === undefined) return first;
  if (first !== cluster) {
    throw invalid(
      `Invalid identifier: Identifier is for cluster ${first}. Your cluster is ${cluster}`,
    );
  }
  return second;
}

function hexId(id: string, member: string, noun: string): string {
  if (HEX_ID.test(id) || DASHED_ID.test(id)) return id;
  if (id.length > 36) throw invalid(`${member}Id longer than 36.`);
  if (id.length !== 32 && id.length !== 36) {
    throw invalid(`${member} length should be one of [32,36]`);
  }
  throw invalid(`${noun} Identifier is invalid`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
