import {
  type ArnParts,
  capacityProviderArn,
  clusterArn,
  containerInstanceArn,
  type Scope,
  serviceArn,
  taskArn,
  taskDefinitionArn,
  taskSetArn,
} from "@berth/domain/arn";
import type { CapacityProvider } from "@berth/domain/capacity-provider";
import type { Cluster } from "@berth/domain/cluster";
import type { ContainerInstance } from "@berth/domain/container-instance";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { type TaskDefinition, taskDefinitionName } from "@berth/domain/task-definition";
import type { Task } from "@berth/domain/task";
import type { Store, Stored } from "@berth/store/store";
import {
  capacityProviderName,
  clusterName,
  containerInstanceId,
  ownArn,
  serviceName,
  taskDefinitionRef,
  taskId,
  taskSetId,
  unsupportedType,
} from "./identifiers.ts";
import { taggedByItself, taggedResource, type TaggedResource } from "./tagged-resource.ts";

/** What the ARN of a request about tags names, before anything was looked up. */
export interface TagTarget {
  /** As Berth itself writes it. */
  readonly arn: string;
  /** In words, for refusals. */
  readonly noun: string;
  /** The one that it is, or is in. */
  readonly cluster?: string;
  /** Reading and changing it throws an EcsError where the resource has come to its end. */
  readonly open: (store: Store) => TaggedResource;
}

type TagKind = (scope: Scope, given: GivenArn) => TagTarget;

interface GivenArn {
  readonly text: string;
  /** What follows the kind. */
  readonly path: readonly string[];
}

/** All that has tags, by the kind in its ARN. Source: ECS API reference, TagResource `resourceArn`. */
const KINDS: ReadonlyMap<string, TagKind> = new Map<string, TagKind>([
  ["capacity-provider", providerTarget],
  ["cluster", clusterTarget],
  ["container-instance", instanceTarget],
  ["service", serviceTarget],
  ["task", taskTarget],
  ["task-definition", definitionTarget],
  ["task-set", taskSetTarget],
]);

/** @throws EcsError InvalidParameterException, for what can be no ARN of something that has tags */
export function tagTarget(scope: Scope, text: string): TagTarget {
  const arn: ArnParts = ownArn(scope, text);
  const kind = KINDS.get(arn.resourceType);
  if (!kind) throw unsupportedType(arn);
  return kind(scope, { text, path: arn.path });
}

/** Fargate's own are nobody's to tag: they are not found. */
function providerTarget(scope: Scope, { text }: GivenArn): TagTarget {
  const name = capacityProviderName(scope, text);
  return {
    arn: capacityProviderArn(scope, name),
    noun: "capacity provider",
    open: ({ capacityProviders }) =>
      taggedByItself<CapacityProvider>({
        find: async () => {
          const [found] = await capacityProviders.findMany([name]);
          return unlessInactive("capacity provider", found, found?.status);
        },
        replace: (changed) => capacityProviders.replace(changed),
      }),
  };
}

function clusterTarget(scope: Scope, { text }: GivenArn): TagTarget {
  const cluster = clusterName(scope, text);
  return {
    arn: clusterArn(scope, cluster),
    noun: "cluster",
    cluster,
    open: ({ clusters }) =>
      taggedByItself<Cluster>({
        find: async () => {
          const [found] = await clusters.findMany([cluster]);
          return unlessInactive("cluster", found, found?.status);
        },
        replace: (changed) => clusters.replace(changed),
      }),
  };
}

function instanceTarget(scope: Scope, { text, path }: GivenArn): TagTarget {
  const cluster = clusterOfLongArn(scope, path);
  const id = containerInstanceId(scope, cluster, text);
  return {
    arn: containerInstanceArn(scope, cluster, id),
    noun: "container instance",
    cluster,
    open: ({ instances }) =>
      taggedByItself<ContainerInstance>({
        find: async () => {
          const found = await instances.find(cluster, id);
          return unlessInactive("container instance", found?.instance, found?.ledger.status);
        },
        replace: (changed) => instances.replaceDescription(changed),
      }),
  };
}

function serviceTarget(scope: Scope, { text, path }: GivenArn): TagTarget {
  const cluster = clusterOfLongArn(scope, path);
  const name = serviceName(scope, cluster, text);
  return {
    arn: serviceArn(scope, cluster, name),
    noun: "service",
    cluster,
    open: (store) => taggedByItself<Service>(serviceItem(store, { cluster, name })),
  };
}

/** The sets of a service are on its item (ADR 0023). */
function taskSetTarget(scope: Scope, { text, path }: GivenArn): TagTarget {
  const cluster = clusterOfLongArn(scope, path);
  const service = serviceName(scope, cluster, path[1] ?? "");
  const id = taskSetId(scope, { cluster, service }, text);
  return {
    arn: taskSetArn(scope, { cluster, name: service }, id),
    noun: "task set",
    cluster,
    open: (store) =>
      taggedResource<Service>({
        ...serviceItem(store, { cluster, name: service }),
        tagsOf: ({ taskSets }) => taskSets?.find((set) => set.id === id)?.tags,
        withTags: ({ taskSets = [], ...members }, tags) => ({
          ...members,
          taskSets: taskSets.map((set) => (set.id === id ? { ...set, tags } : set)),
        }),
      }),
  };
}

const serviceItem = (
  { services }: Store,
  { cluster, name }: { readonly cluster: string; readonly name: string },
) => ({
  find: async () => {
    const found = await services.findLatest(cluster, name);
    return unlessInactive("service", found, found?.status);
  },
  replace: (changed: Stored<Service>) => services.replace(changed),
});

function taskTarget(scope: Scope, { text, path }: GivenArn): TagTarget {
  const cluster = clusterOfLongArn(scope, path);
  const id = taskId(scope, cluster, text);
  return {
    arn: taskArn(scope, cluster, id),
    noun: "task",
    cluster,
    open: ({ tasks }) =>
      taggedResource<Task>({
        find: async () => {
          const found = await tasks.find(cluster, id);
          if (found?.lastStatus !== "STOPPED") return found;
          throw invalid("The specified task is stopped. Specify a running task and try again.");
        },
        replace: (changed) => tasks.replace(changed),
        tagsOf: ({ tags = [] }) => tags,
        withTags: (task, tags) => {
          const { tags: _, ...untagged } = task;
          // What is empty is left out: the item is billed by its size.
          return tags.length > 0 ? { ...untagged, tags } : untagged;
        },
      }),
  };
}

function definitionTarget(scope: Scope, { text }: GivenArn): TagTarget {
  const { family, revision } = taskDefinitionRef(scope, text);
  if (revision === undefined) throw invalid("Revision is missing.");
  return {
    arn: taskDefinitionArn(scope, taskDefinitionName({ family, revision })),
    noun: "task definition",
    open: ({ taskDefinitions }) =>
      taggedByItself<TaskDefinition>({
        find: () => taskDefinitions.find(family, revision),
        replace: (changed) => taskDefinitions.replace(changed),
      }),
  };
}

/** Old ARNs name no cluster, and nothing that has tags. */
function clusterOfLongArn(scope: Scope, [cluster, ...rest]: readonly string[]): string {
  if (rest.length > 0) return clusterName(scope, cluster);
  throw invalid("Long arn format must be used for tagging operations");
}

function unlessInactive<T>(noun: string, found: T, status: string | undefined): T {
  if (status !== "INACTIVE") return found;
  throw invalid(`The specified ${noun} is inactive. Specify an active ${noun} and try again.`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
