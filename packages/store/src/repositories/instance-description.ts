import type { ContainerInstance } from "@berth/domain/container-instance";
import { clusterOf, hostListing, instanceKey } from "../keys.ts";
import type { Stored } from "../store.ts";
import type { Item } from "../table.ts";
import { membersOf, toItem, toStored } from "./stored.ts";

/** The descriptive item, listed by the EC2 instance under it. */
export const itemOf = ({ cluster, id, ...members }: ContainerInstance) =>
  toItem(
    instanceKey(cluster, id),
    members,
    members.ec2InstanceId === undefined ? {} : hostListing(members.ec2InstanceId, { cluster, id }),
  );

export const toInstance = (item: Item): Stored<ContainerInstance> =>
  toStored(item, {
    cluster: clusterOf(item),
    id: item.sk,
    ...membersOf(item),
  });
