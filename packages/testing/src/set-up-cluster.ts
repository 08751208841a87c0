import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { Store } from "@berth/store/store";
import { aCluster, aLedger, anInstance, aTaskDefinition, instanceId } from "./builders.ts";

interface ClusterSetting {
  /** Default: 1. They are spread over the zones `a`, `b` and `c`. */
  readonly instanceCount?: number;
  readonly instance?: Partial<ContainerInstance>;
  readonly ledger?: Partial<InstanceLedger>;
  /** Default: one of family `web`. */
  readonly definitions?: readonly TaskDefinition[];
}

/** Writes the cluster `default` with instances that take tasks, and definitions to make them of. */
export async function setUpCluster(
  { store }: { readonly store: Store },
  { instanceCount = 1, instance, ledger, definitions = [aTaskDefinition()] }: ClusterSetting = {},
): Promise<void> {
  await store.clusters.create(aCluster());
  for (let index = 0; index < instanceCount; index += 1) {
    const id = instanceId(index + 1);
    const zone = `eu-central-1${"abc"[index % 3]}`;
    const attributes = [{ name: "ecs.availability-zone", value: zone }];
    await store.instances.create(
      anInstance({ id, attributes, ...instance }),
      aLedger({ id, ...ledger }),
    );
  }
  for (const definition of definitions) await store.taskDefinitions.create(definition);
}
