import type { EcsOperationName, EcsRequest } from "@berth/contracts/ecs-api/operations";
import {
  capacityProviderArn,
  clusterArn,
  containerInstanceArn,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  taskArn,
  taskDefinitionArn,
  taskSetArn,
} from "@berth/domain/arn";
import type { Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import {
  capacityProviderName,
  clusterName,
  containerInstanceId,
  serviceChildRef,
  serviceName,
  taskDefinitionRef,
  taskId,
  taskSetId,
} from "../commands/identifiers.ts";
import type { TaskDefinitionRef } from "../commands/identifiers.ts";
import { reportedTask } from "../commands/record-report.ts";
import { tagTarget } from "../commands/tag-target.ts";
import type { CommandContext } from "../context.ts";
import type { Access } from "./authorize.ts";

/** What a request names, before anything was looked up. */
interface Named {
  readonly resources?: readonly string[];
  /** Its ARN needs a revision, which the request may leave to Berth. */
  readonly definition?: TaskDefinitionRef;
  readonly cluster?: string;
}

type Namer<Name extends EcsOperationName> = (scope: Scope, request: EcsRequest<Name>) => Named;

/**
 * What each operation is done to: names are read by the very functions that the commands read them
 * with, so that no spelling means one thing here and another there. Resource types are those of the
 * service authorization reference; where that knows none, Berth's policies may name the nearest.
 */
const NAMERS: { readonly [Name in EcsOperationName]: Namer<Name> } = {
  CreateCluster: (scope, { clusterName: name }) => theCluster(scope, name),
  DescribeClusters: (scope, { clusters = [] }) => ({
    resources: (clusters.length > 0 ? clusters : [undefined]).map((each) =>
      clusterArn(scope, clusterName(scope, each)),
    ),
  }),
  ListClusters: () => ({}),
  DeleteCluster: (scope, { cluster }) => theCluster(scope, cluster),
  UpdateCluster: (scope, { cluster }) => theCluster(scope, cluster),
  UpdateClusterSettings: (scope, { cluster }) => theCluster(scope, cluster),

  PutClusterCapacityProviders: (scope, { cluster }) => theCluster(scope, cluster),
  CreateCapacityProvider: (scope, { name }) => providers(scope, [name]),
  UpdateCapacityProvider: (scope, { name }) => providers(scope, [name]),
  DeleteCapacityProvider: (scope, { capacityProvider }) => providers(scope, [capacityProvider]),
  DescribeCapacityProviders: (scope, { capacityProviders = [], cluster }) => ({
    ...(capacityProviders.length > 0
      ? providers(scope, capacityProviders)
      : { resources: [capacityProviderArn(scope, "*")] }),
    ...(cluster !== undefined && inCluster(scope, cluster)),
  }),

  RegisterTaskDefinition: (scope, { family = "" }) => ({
    resources: [taskDefinitionArn(scope, `${family}:*`)],
  }),
  DescribeTaskDefinition: (scope, request) => theDefinition(scope, request.taskDefinition),
  ListTaskDefinitions: () => ({}),
  ListTaskDefinitionFamilies: () => ({}),
  DeregisterTaskDefinition: (scope, request) => theDefinition(scope, request.taskDefinition),
  DeleteTaskDefinitions: (scope, { taskDefinitions = [] }) => ({
    resources: taskDefinitions.map((each) => {
      const { family, revision = "*" } = taskDefinitionRef(scope, each);
      return taskDefinitionArn(scope, `${family}:${revision}`);
    }),
  }),

  RegisterContainerInstance: (scope, { cluster }) => theCluster(scope, cluster),
  DeregisterContainerInstance: (scope, { cluster }) => theCluster(scope, cluster),
  DescribeContainerInstances: (scope, { cluster, containerInstances }) =>
    instances(scope, cluster, containerInstances),
  ListContainerInstances: (scope, { cluster }) => theCluster(scope, cluster),
  UpdateContainerInstancesState: (scope, { cluster, containerInstances }) =>
    instances(scope, cluster, containerInstances),
  UpdateContainerAgent: (scope, { cluster, containerInstance }) =>
    instances(scope, cluster, [containerInstance]),
  PutAttributes: (scope, { cluster, attributes }) =>
    instances(scope, cluster, attributes?.map(targetOf)),
  DeleteAttributes: (scope, { cluster, attributes }) =>
    instances(scope, cluster, attributes?.map(targetOf)),
  ListAttributes: (scope, { cluster }) => theCluster(scope, cluster),
  DiscoverPollEndpoint: () => ({}),

  RunTask: (scope, { cluster, taskDefinition }) => ({
    ...inCluster(scope, cluster),
    ...theDefinition(scope, taskDefinition),
  }),
  StartTask: (scope, { cluster, taskDefinition }) => ({
    ...inCluster(scope, cluster),
    ...theDefinition(scope, taskDefinition),
  }),
  StopTask: (scope, { cluster, task }) => tasks(scope, cluster, [task]),
  ExecuteCommand: (scope, { cluster, task }) => tasks(scope, cluster, [task]),
  DescribeTasks: (scope, { cluster, tasks: named }) => tasks(scope, cluster, named),
  ListTasks: (scope, { cluster, containerInstance }) =>
    containerInstance === undefined
      ? inCluster(scope, cluster)
      : instances(scope, cluster, [containerInstance]),
  GetTaskProtection: (scope, { cluster, tasks: named }) => tasks(scope, cluster, named),
  UpdateTaskProtection: (scope, { cluster, tasks: named }) => tasks(scope, cluster, named),

  CreateService: (scope, { cluster, serviceName: name }) => services(scope, cluster, [name]),
  UpdateService: (scope, { cluster, service }) => services(scope, cluster, [service]),
  DescribeServices: (scope, { cluster, services: named }) => services(scope, cluster, named),
  ListServices: (scope, { cluster }) => inCluster(scope, cluster),
  ListServicesByNamespace: () => ({}),
  DeleteService: (scope, { cluster, service }) => services(scope, cluster, [service]),

  ListServiceDeployments: (scope, { cluster, service }) => services(scope, cluster, [service]),
  DescribeServiceDeployments: (scope, { serviceDeploymentArns }) =>
    serviceDeployments(scope, serviceDeploymentArns),
  StopServiceDeployment: (scope, { serviceDeploymentArn: arn }) => serviceDeployments(scope, [arn]),
  ContinueServiceDeployment: (scope, { serviceDeploymentArn: arn }) =>
    serviceDeployments(scope, [arn]),
  DescribeServiceRevisions: (scope, { serviceRevisionArns: arns = [] }) => ({
    resources: arns.map((arn) => {
      const ref = serviceChildRef(scope, "service-revision", arn);
      return serviceRevisionArn(scope, ref, ref.id);
    }),
  }),

  CreateTaskSet: (scope, { cluster, service }) => taskSets(scope, { cluster, service }),
  UpdateTaskSet: (scope, { cluster, service, taskSet }) =>
    taskSets(scope, { cluster, service }, [taskSet]),
  DeleteTaskSet: (scope, { cluster, service, taskSet }) =>
    taskSets(scope, { cluster, service }, [taskSet]),
  DescribeTaskSets: (scope, { cluster, service, taskSets: named }) =>
    taskSets(scope, { cluster, service }, named),
  UpdateServicePrimaryTaskSet: (scope, { cluster, service, primaryTaskSet }) =>
    taskSets(scope, { cluster, service }, [primaryTaskSet]),

  TagResource: (scope, { resourceArn }) => theTagged(scope, resourceArn),
  UntagResource: (scope, { resourceArn }) => theTagged(scope, resourceArn),
  ListTagsForResource: (scope, { resourceArn }) => theTagged(scope, resourceArn),

  PutAccountSetting: () => ({}),
  PutAccountSettingDefault: () => ({}),
  DeleteAccountSetting: () => ({}),
  ListAccountSettings: () => ({}),

  SubmitTaskStateChange: reportedCluster,
  SubmitContainerStateChange: reportedCluster,
  SubmitAttachmentStateChanges: (scope, { cluster }) => theCluster(scope, cluster),
};

/**
 * What a request is to do, in the words of policies. A task definition without a revision is the
 * latest ACTIVE one now: a policy may be about single revisions.
 *
 * @throws EcsError InvalidParameterException, for names that the command would refuse as well
 */
export async function operationAccess<Name extends EcsOperationName>(
  context: CommandContext,
  operation: Name,
  request: EcsRequest<Name>,
): Promise<Access> {
  const { resources = [], definition, cluster } = NAMERS[operation](context.scope, request);
  return {
    action: `ecs:${operation}`,
    resources: definition ? [await definitionArn(context, definition)] : resources,
    ...(cluster !== undefined && { cluster }),
  };
}

async function definitionArn(
  { scope, store }: CommandContext,
  { family, revision }: TaskDefinitionRef,
): Promise<string> {
  const meant = revision ?? (await store.taskDefinitions.findLatestActive(family))?.revision ?? "*";
  return taskDefinitionArn(scope, `${family}:${meant}`);
}

const inCluster = (scope: Scope, cluster: string | undefined) => ({
  cluster: clusterName(scope, cluster),
});

function theCluster(scope: Scope, nameOrArn: string | undefined): Named {
  const { cluster } = inCluster(scope, nameOrArn);
  return { cluster, resources: [clusterArn(scope, cluster)] };
}

function theTagged(scope: Scope, arn: string | undefined): Named {
  const target = tagTarget(scope, arn ?? "");
  return { resources: [target.arn], ...defined({ cluster: target.cluster }) };
}

/** As the report itself is read, which takes what it can. */
function reportedCluster(scope: Scope, report: Parameters<typeof reportedTask>[1]): Named {
  const { cluster } = reportedTask(scope, report);
  return { cluster, resources: [clusterArn(scope, cluster)] };
}

const theDefinition = (scope: Scope, text: string | undefined): Named => ({
  definition: taskDefinitionRef(scope, text ?? ""),
});

const targetOf = ({ targetId }: { readonly targetId?: string | undefined }) => targetId;

type Given = readonly (string | undefined)[];

const providers = (scope: Scope, given: Given): Named => ({
  resources: given.map((each) =>
    capacityProviderArn(scope, capacityProviderName(scope, each ?? "")),
  ),
});

function services(scope: Scope, nameOrArn: string | undefined, given: Given = []): Named {
  const { cluster } = inCluster(scope, nameOrArn);
  const names = given.map((each) => serviceName(scope, cluster, each ?? ""));
  return { cluster, resources: names.map((name) => serviceArn(scope, cluster, name)) };
}

/** They are named by their ARNs alone, which say what cluster they are in. */
function serviceDeployments(scope: Scope, given: Given = []): Named {
  return {
    resources: given.map((arn) => {
      const ref = serviceChildRef(scope, "service-deployment", arn ?? "");
      return serviceDeploymentArn(scope, ref, ref.id);
    }),
  };
}

interface OfService {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
}

/** Where none is named it is about all of the service, or about one that has no id yet. */
function taskSets(scope: Scope, of: OfService, given: Given = []): Named {
  const { cluster } = inCluster(scope, of.cluster);
  const service = serviceName(scope, cluster, of.service ?? "");
  const ids = given.map((each) => taskSetId(scope, { cluster, service }, each ?? ""));
  const named = ids.length > 0 ? ids : ["*"];
  return {
    cluster,
    resources: named.map((id) => taskSetArn(scope, { cluster, name: service }, id)),
  };
}

function tasks(scope: Scope, nameOrArn: string | undefined, given: Given = []): Named {
  const { cluster } = inCluster(scope, nameOrArn);
  const ids = given.map((each) => taskId(scope, cluster, each ?? ""));
  return { cluster, resources: ids.map((id) => taskArn(scope, cluster, id)) };
}

function instances(scope: Scope, nameOrArn: string | undefined, given: Given = []): Named {
  const { cluster } = inCluster(scope, nameOrArn);
  const ids = given.map((each) => containerInstanceId(scope, cluster, each ?? ""));
  return { cluster, resources: ids.map((id) => containerInstanceArn(scope, cluster, id)) };
}
