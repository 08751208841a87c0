import type { Commands } from "./command.ts";
import { continueServiceDeployment } from "./continue-service-deployment.ts";
import { createCapacityProvider } from "./create-capacity-provider.ts";
import { createCluster } from "./create-cluster.ts";
import { createService } from "./create-service.ts";
import { createTaskSet } from "./create-task-set.ts";
import { deleteCapacityProvider } from "./delete-capacity-provider.ts";
import { deleteAccountSetting } from "./delete-account-setting.ts";
import { deleteAttributes } from "./delete-attributes.ts";
import { deleteCluster } from "./delete-cluster.ts";
import { deleteService } from "./delete-service.ts";
import { deleteTaskDefinitions } from "./delete-task-definitions.ts";
import { deleteTaskSet } from "./delete-task-set.ts";
import { deregisterContainerInstance } from "./deregister-container-instance.ts";
import { deregisterTaskDefinition } from "./deregister-task-definition.ts";
import { describeCapacityProviders } from "./describe-capacity-providers.ts";
import { describeClusters } from "./describe-clusters.ts";
import { describeContainerInstances } from "./describe-container-instances.ts";
import { describeServiceDeployments } from "./describe-service-deployments.ts";
import { describeServiceRevisions } from "./describe-service-revisions.ts";
import { describeServices } from "./describe-services.ts";
import { describeTaskDefinition } from "./describe-task-definition.ts";
import { describeTaskSets } from "./describe-task-sets.ts";
import { describeTasks } from "./describe-tasks.ts";
import { discoverPollEndpoint } from "./discover-poll-endpoint.ts";
import { executeCommand } from "./execute-command.ts";
import { getTaskProtection } from "./get-task-protection.ts";
import { listAccountSettings } from "./list-account-settings.ts";
import { listAttributes } from "./list-attributes.ts";
import { listClusters } from "./list-clusters.ts";
import { listContainerInstances } from "./list-container-instances.ts";
import { listServiceDeployments } from "./list-service-deployments.ts";
import { listServicesByNamespace } from "./list-services-by-namespace.ts";
import { listServices } from "./list-services.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { listTaskDefinitionFamilies } from "./list-task-definition-families.ts";
import { listTaskDefinitions } from "./list-task-definitions.ts";
import { listTasks } from "./list-tasks.ts";
import { putClusterCapacityProviders } from "./put-cluster-capacity-providers.ts";
import { putAccountSetting, putAccountSettingDefault } from "./put-account-setting.ts";
import { putAttributes } from "./put-attributes.ts";
import { registerContainerInstance } from "./register-container-instance.ts";
import { registerTaskDefinition } from "./register-task-definition.ts";
import { runTask } from "./run-task.ts";
import { startTask } from "./start-task.ts";
import { stopServiceDeployment } from "./stop-service-deployment.ts";
import { stopTask } from "./stop-task.ts";
import { submitAttachmentStateChanges } from "./submit-attachment-state-changes.ts";
import { submitContainerStateChange } from "./submit-container-state-change.ts";
import { submitTaskStateChange } from "./submit-task-state-change.ts";
import { updateCapacityProvider } from "./update-capacity-provider.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";
import { updateClusterSettings } from "./update-cluster-settings.ts";
import { updateCluster } from "./update-cluster.ts";
import { updateContainerAgent } from "./update-container-agent.ts";
import { updateContainerInstancesState } from "./update-container-instances-state.ts";
import { updateServicePrimaryTaskSet } from "./update-service-primary-task-set.ts";
import { updateService } from "./update-service.ts";
import { updateTaskProtection } from "./update-task-protection.ts";
import { updateTaskSet } from "./update-task-set.ts";

/** Every operation that Berth carries out, by its name in the ECS API. */
export const commands: Commands = {
  CreateCluster: createCluster,
  DescribeClusters: describeClusters,
  ListClusters: listClusters,
  DeleteCluster: deleteCluster,
  PutClusterCapacityProviders: putClusterCapacityProviders,
  CreateCapacityProvider: createCapacityProvider,
  UpdateCapacityProvider: updateCapacityProvider,
  DeleteCapacityProvider: deleteCapacityProvider,
  DescribeCapacityProviders: describeCapacityProviders,
  UpdateCluster: updateCluster,
  UpdateClusterSettings: updateClusterSettings,
  RegisterTaskDefinition: registerTaskDefinition,
  DescribeTaskDefinition: describeTaskDefinition,
  ListTaskDefinitions: listTaskDefinitions,
  ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DeleteTaskDefinitions: deleteTaskDefinitions,
  RegisterContainerInstance: registerContainerInstance,
  DeregisterContainerInstance: deregisterContainerInstance,
  DescribeContainerInstances: describeContainerInstances,
  ListContainerInstances: listContainerInstances,
  UpdateContainerInstancesState: updateContainerInstancesState,
  UpdateContainerAgent: updateContainerAgent,
  PutAttributes: putAttributes,
  DeleteAttributes: deleteAttributes,
  ListAttributes: listAttributes,
  DiscoverPollEndpoint: discoverPollEndpoint,
  RunTask: runTask,
  StartTask: startTask,
  StopTask: stopTask,
  ExecuteCommand: executeCommand,
  DescribeTasks: describeTasks,
  ListTasks: listTasks,
  UpdateTaskProtection: updateTaskProtection,
  GetTaskProtection: getTaskProtection,
  CreateService: createService,
  UpdateService: updateService,
  DescribeServices: describeServices,
  ListServices: listServices,
  ListServicesByNamespace: listServicesByNamespace,
  DeleteService: deleteService,
  ListServiceDeployments: listServiceDeployments,
  DescribeServiceDeployments: describeServiceDeployments,
  DescribeServiceRevisions: describeServiceRevisions,
  StopServiceDeployment: stopServiceDeployment,
  ContinueServiceDeployment: continueServiceDeployment,
  CreateTaskSet: createTaskSet,
  UpdateTaskSet: updateTaskSet,
  DeleteTaskSet: deleteTaskSet,
  DescribeTaskSets: describeTaskSets,
  UpdateServicePrimaryTaskSet: updateServicePrimaryTaskSet,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
  PutAccountSetting: putAccountSetting,
  PutAccountSettingDefault: putAccountSettingDefault,
  DeleteAccountSetting: deleteAccountSetting,
  ListAccountSettings: listAccountSettings,
  SubmitTaskStateChange: submitTaskStateChange,
  SubmitContainerStateChange: submitContainerStateChange,
  SubmitAttachmentStateChanges: submitAttachmentStateChanges,
};
