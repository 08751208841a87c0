import type { Attribute } from "./container-instance.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** Where the network interfaces of tasks are to be. Source: ECS API reference, AwsVpcConfiguration. */
export interface AwsvpcConfiguration {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: "DISABLED";
}

/**
 * The network interface of a task with networkMode awsvpc, which its agent makes (ADR 0040). What it
 * is called follows from its id.
 */
export interface TaskAttachment {
  /** Dashed UUID: the end of its ARN. */
  readonly id: string;
  readonly subnetId: string;
  /** IPv4; absent until its agent has told it. */
  readonly address?: string;
}

/** What an agent registers that makes the network interfaces of its tasks itself (ADR 0040). */
export const OWN_TASK_NETWORK = "berth.task-network";

/**
 * What an instance must have for the definition's `networkMode` beside `requiresAttributes`, where
 * ECS lists only capabilities of its own: an agent that waits for interfaces of a VPC would wait for
 * ever.
 */
export const networkAttributes = ({
  networkMode,
}: Pick<TaskDefinition, "networkMode">): readonly Attribute[] =>
  networkMode === "awsvpc" ? [{ name: OWN_TASK_NETWORK }] : [];

const ENI_DIGITS = 17;
const MAC_DIGITS = 10;

/** As EC2 names its interfaces. */
export const networkInterfaceId = (attachment: Pick<TaskAttachment, "id">): string =>
  `eni-${digitsOf(attachment).slice(0, ENI_DIGITS)}`;

/** Of those that are no hardware's. */
export const macAddressOf = (attachment: Pick<TaskAttachment, "id">): string =>
  `02${digitsOf(attachment).slice(0, MAC_DIGITS).replaceAll(/../g, ":$&")}`;

/** By what the other tasks of its machine find it. */
export const privateDnsName = (attachment: Pick<TaskAttachment, "id">): string =>
  `${networkInterfaceId(attachment)}.berth.internal`;

const digitsOf = ({ id }: Pick<TaskAttachment, "id">): string => id.replaceAll("-", "");
