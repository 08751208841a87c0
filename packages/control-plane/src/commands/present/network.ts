import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import {
  type AwsvpcConfiguration,
  macAddressOf,
  networkInterfaceId,
  privateDnsName,
} from "@berth/domain/awsvpc";
import type { Task } from "@berth/domain/task";

type ServiceDescription = NonNullable<EcsResponse<"DescribeServices">["services"]>[number];
type TaskDescription = NonNullable<EcsResponse<"DescribeTasks">["tasks"]>[number];
type AttachmentDescription = NonNullable<TaskDescription["attachments"]>[number];
type InterfaceDescription = NonNullable<
  NonNullable<TaskDescription["containers"]>[number]["networkInterfaces"]
>[number];

/** Left out where there is none: an empty one makes Terraform crash. */
export const presentNetwork = (
  network: AwsvpcConfiguration | undefined,
): Pick<ServiceDescription, "networkConfiguration"> =>
  network
    ? {
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: [...network.subnets],
            securityGroups: [...network.securityGroups],
            assignPublicIp: network.assignPublicIp,
          },
        },
      }
    : {};

type TaskNetwork = Pick<Task, "attachment" | "lastStatus">;

/** The attachment of a task's network interface. Source: ECS API reference, Attachment. */
export function presentAttachments(task: TaskNetwork): AttachmentDescription[] {
  const { attachment } = task;
  if (!attachment) return [];
  const status = statusOf(task);
  const { subnetId, address } = attachment;
  const ofInterface = {
    networkInterfaceId: networkInterfaceId(attachment),
    macAddress: macAddressOf(attachment),
    privateDnsName: privateDnsName(attachment),
    ...(address !== undefined && { privateIPv4Address: address }),
  };
  // Before it is there nothing but its place is said of it.
  const details = { subnetId, ...(status !== "PRECREATED" && ofInterface) };
  return [
    {
      id: attachment.id,
      type: "ElasticNetworkInterface",
      status,
      details: Object.entries(details).map(([name, value]) => ({ name, value })),
    },
  ];
}

function statusOf({ attachment, lastStatus }: TaskNetwork): string {
  if (lastStatus === "STOPPED") return "DELETED";
  return attachment?.address === undefined ? "PRECREATED" : "ATTACHED";
}

/** The interface that all containers of the task share. */
export const presentInterfaces = ({
  attachment,
}: Pick<Task, "attachment">): InterfaceDescription[] =>
  attachment?.address === undefined
    ? []
    : [{ attachmentId: attachment.id, privateIpv4Address: attachment.address }];
