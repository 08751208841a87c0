/** Where a Berth answers from: every ARN it makes carries these two. */
export interface Scope {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

const prefix = (scope: Scope) => `arn:aws:ecs:${scope.region}:${scope.account}`;

export const clusterArn = (scope: Scope, cluster: string) => `${prefix(scope)}:cluster/${cluster}`;
export const serviceArn = (scope: Scope, cluster: string, service: string) =>
  `${prefix(scope)}:service/${cluster}/${service}`;
export const serviceDeploymentArn = (
  scope: Scope,
  { cluster, name }: { readonly cluster: string; readonly name: string },
  id: string,
) => `${prefix(scope)}:service-deployment/${cluster}/${name}/${id}`;
export const serviceRevisionArn = (
  scope: Scope,
  { cluster, name }: { readonly cluster: string; readonly name: string },
  id: string,
) => `${prefix(scope)}:service-revision/${cluster}/${name}/${id}`;
/** @param id `ecs-svc/` and 19 digits, or `*` for any */
export const taskSetArn = (
  scope: Scope,
  { cluster, name }: { readonly cluster: string; readonly name: string },
  id: string,
) => `${prefix(scope)}:task-set/${cluster}/${name}/${id}`;
export const taskArn = (scope: Scope, cluster: string, taskId: string) =>
  `${prefix(scope)}:task/${cluster}/${taskId}`;
export const containerArn = (scope: Scope, cluster: string, taskId: string, containerId: string) =>
  `${prefix(scope)}:container/${cluster}/${taskId}/${containerId}`;
export const containerInstanceArn = (scope: Scope, cluster: string, instanceId: string) =>
  `${prefix(scope)}:container-instance/${cluster}/${instanceId}`;
/** @param name `family:revision` */
export const taskDefinitionArn = (scope: Scope, name: string) =>
  `${prefix(scope)}:task-definition/${name}`;
export const attachmentArn = (scope: Scope, attachmentId: string) =>
  `${prefix(scope)}:attachment/${attachmentId}`;
export const capacityProviderArn = (scope: Scope, name: string) =>
  `${prefix(scope)}:capacity-provider/${name}`;
/** As CloudWatch names its own. */
export const alarmArn = ({ region, account }: Scope, name: string) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

export interface ArnParts {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Such as `task`. */
  readonly resourceType: string;
  /** What follows the type, split at `/`; the last one is the id or name. */
  readonly path: readonly string[];
}

/** The parts of an ARN of the form `arn:aws:ecs:REGION:ACCOUNT:TYPE/PATH`, or undefined. */
export function parseArn(text: string): ArnParts | undefined {
  const match = /^arn:[a-z-]+:([a-z0-9-]+):([a-z0-9-]*):(\d*):([a-z-]+)\/(.+)$/.exec(text);
  if (!match) return undefined;
  const [, service = "", region = "", account = "", resourceType = "", rest = ""] = match;
  return { service, region, account, resourceType, path: rest.split("/") };
}

/** The id or name at the end of an ARN, or the text itself where it is no ARN. */
export function lastSegment(idOrArn: string): string {
  return idOrArn.slice(idOrArn.lastIndexOf("/") + 1);
}
