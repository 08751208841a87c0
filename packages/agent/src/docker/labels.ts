import type { PayloadTask } from "@berth/contracts/agent/messages";

const CLUSTER = "com.amazonaws.ecs.cluster";
const CONTAINER_NAME = "com.amazonaws.ecs.container-name";
const TASK_ARN = "com.amazonaws.ecs.task-arn";
const FAMILY = "com.amazonaws.ecs.task-definition-family";
const VERSION = "com.amazonaws.ecs.task-definition-version";
/** Berth's own: what tells the containers of instances apart that share one engine. */
const CONTAINER_INSTANCE_ARN = "berth.container-instance-arn";

/** Which instance an agent acts for. */
export interface InstanceIdentity {
  /** As configured: a name or an ARN. */
  readonly cluster: string;
  readonly containerInstanceArn: string;
}

/** What a container's labels say of it. */
export interface LabelledContainer {
  readonly taskArn: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
}

/** The labels of a container: ECS's own five, and the instance that started it. */
export function containerLabels(
  instance: InstanceIdentity,
  task: PayloadTask,
  containerName: string,
): Readonly<Record<string, string>> {
  return { ...volumeLabels(instance, task), [CONTAINER_NAME]: containerName };
}

/** The labels of a volume that lives with its task. */
export function volumeLabels(
  instance: InstanceIdentity,
  task: PayloadTask,
): Readonly<Record<string, string>> {
  return {
    [CLUSTER]: instance.cluster,
    [TASK_ARN]: task.arn,
    [FAMILY]: task.family,
    [VERSION]: task.version,
    [CONTAINER_INSTANCE_ARN]: instance.containerInstanceArn,
  };
}

/** The engine's label filter for all that this instance started, and nothing else. */
export const ownLabel = (instance: InstanceIdentity): string =>
  `${CONTAINER_INSTANCE_ARN}=${instance.containerInstanceArn}`;

export function readLabels(
  labels: Readonly<Record<string, string>> | undefined,
): LabelledContainer | undefined {
  const taskArn = labels?.[TASK_ARN];
  const name = labels?.[CONTAINER_NAME];
  if (taskArn === undefined || name === undefined) return undefined;
  return { taskArn, name, family: labels?.[FAMILY] ?? "", version: labels?.[VERSION] ?? "" };
}
