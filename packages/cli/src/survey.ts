import {
  type Cluster,
  type ContainerInstance,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  type ECSClient,
  paginateListClusters,
  paginateListContainerInstances,
  paginateListServices,
  type Service,
} from "@aws-sdk/client-ecs";
import { callRest } from "./rest-client.ts";

/** What one cluster has, and what it waits for. */
export interface ClusterSurvey {
  readonly cluster: string;
  readonly containerInstances: readonly InstanceSurvey[];
  readonly services: readonly ServiceSurvey[];
  readonly runningTasks: number;
  readonly pendingTasks: number;
}

export interface InstanceSurvey {
  readonly containerInstanceArn: string;
  readonly status: string;
  readonly agentConnected: boolean;
  readonly availabilityZone: string;
  readonly runningTasks: number;
  readonly pendingTasks: number;
}

export interface ServiceSurvey {
  readonly service: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  /** The newest deployment's. */
  readonly rolloutState: string;
  /** Tasks that no instance takes, by what the instances say. */
  readonly waiting: readonly Waiting[];
}

/** A part of what `GET /v1/services/{service}/explain` answers. */
export interface Waiting {
  readonly since: string;
  readonly count: number;
  readonly instances: readonly {
    readonly containerInstanceArn?: string;
    readonly reason: string;
    readonly detail: string;
  }[];
}

/** DescribeServices takes ten at a time, the other two a hundred. */
const SERVICES_AT_A_TIME = 10;
const OTHERS_AT_A_TIME = 100;

/** Reads the state of every cluster through the public API. */
export async function surveyClusters(
  client: ECSClient,
  endpoint: string,
): Promise<readonly ClusterSurvey[]> {
  const arns: string[] = [];
  for await (const page of paginateListClusters({ client }, {})) {
    arns.push(...(page.clusterArns ?? []));
  }
  const described = await inChunks(arns, OTHERS_AT_A_TIME, async (clusters) => {
    const { clusters: found = [] } = await client.send(new DescribeClustersCommand({ clusters }));
    return found;
  });
  return Promise.all(described.map(async (cluster) => surveyCluster(client, endpoint, cluster)));
}

async function surveyCluster(
  client: ECSClient,
  endpoint: string,
  cluster: Cluster,
): Promise<ClusterSurvey> {
  const name = cluster.clusterName ?? "";
  const [containerInstances, services] = await Promise.all([
    describeInstances(client, name),
    describeServices(client, name),
  ]);
  return {
    cluster: name,
    runningTasks: cluster.runningTasksCount ?? 0,
    pendingTasks: cluster.pendingTasksCount ?? 0,
    containerInstances: containerInstances.map(surveyInstance),
    services: await Promise.all(
      services.map(async (service) => surveyService(client, { endpoint, cluster: name, service })),
    ),
  };
}

async function describeInstances(
  client: ECSClient,
  cluster: string,
): Promise<readonly ContainerInstance[]> {
  const arns: string[] = [];
  for await (const page of paginateListContainerInstances({ client }, { cluster })) {
    arns.push(...(page.containerInstanceArns ?? []));
  }
  return inChunks(arns, OTHERS_AT_A_TIME, async (containerInstances) => {
    const command = new DescribeContainerInstancesCommand({ cluster, containerInstances });
    return (await client.send(command)).containerInstances ?? [];
  });
}

async function describeServices(client: ECSClient, cluster: string): Promise<readonly Service[]> {
  const arns: string[] = [];
  for await (const page of paginateListServices({ client }, { cluster })) {
    arns.push(...(page.serviceArns ?? []));
  }
  return inChunks(arns, SERVICES_AT_A_TIME, async (services) => {
    const command = new DescribeServicesCommand({ cluster, services });
    return (await client.send(command)).services ?? [];
  });
}

async function inChunks<Item, Result>(
  items: readonly Item[],
  size: number,
  ask: (chunk: Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  const answers = await Promise.all(starts.map(async (at) => ask(items.slice(at, at + size))));
  return answers.flat();
}

function surveyInstance(instance: ContainerInstance): InstanceSurvey {
  const zone = instance.attributes?.find((each) => each.name === "ecs.availability-zone");
  return {
    containerInstanceArn: instance.containerInstanceArn ?? "",
    status: instance.status ?? "",
    agentConnected: instance.agentConnected ?? false,
    availabilityZone: zone?.value ?? "",
    runningTasks: instance.runningTasksCount ?? 0,
    pendingTasks: instance.pendingTasksCount ?? 0,
  };
}

async function surveyService(
  client: ECSClient,
  subject: { readonly endpoint: string; readonly cluster: string; readonly service: Service },
): Promise<ServiceSurvey> {
  const { endpoint, cluster, service } = subject;
  const name = service.serviceName ?? "";
  const url = new URL(`/v1/services/${encodeURIComponent(name)}/explain`, endpoint);
  url.searchParams.set("cluster", cluster);
  const { waiting } = (await callRest(client, { method: "GET", url })) as {
    readonly waiting: readonly Waiting[];
  };
  return {
    service: name,
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    pendingCount: service.pendingCount ?? 0,
    rolloutState: service.deployments?.[0]?.rolloutState ?? "",
    waiting,
  };
}
