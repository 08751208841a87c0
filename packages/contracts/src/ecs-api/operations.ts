import type * as ecs from "@aws-sdk/client-ecs";

/** The operations that Berth carries out, with what they take and answer. Shapes: ECS API reference. */
export interface EcsOperations {
  readonly CreateCluster: Operation<ecs.CreateClusterRequest, ecs.CreateClusterResponse>;
  readonly DescribeClusters: Operation<ecs.DescribeClustersRequest, ecs.DescribeClustersResponse>;
  readonly ListClusters: Operation<ecs.ListClustersRequest, ecs.ListClustersResponse>;
  readonly DeleteCluster: Operation<ecs.DeleteClusterRequest, ecs.DeleteClusterResponse>;
  readonly PutClusterCapacityProviders: Operation<
    ecs.PutClusterCapacityProvidersRequest,
    ecs.PutClusterCapacityProvidersResponse
  >;
  readonly CreateCapacityProvider: Operation<
    ecs.CreateCapacityProviderRequest,
    ecs.CreateCapacityProviderResponse
  >;
  readonly UpdateCapacityProvider: Operation<
    ecs.UpdateCapacityProviderRequest,
    ecs.UpdateCapacityProviderResponse
  >;
  readonly DeleteCapacityProvider: Operation<
    ecs.DeleteCapacityProviderRequest,
    ecs.DeleteCapacityProviderResponse
  >;
  readonly DescribeCapacityProviders: Operation<
    ecs.DescribeCapacityProvidersRequest,
    ecs.DescribeCapacityProvidersResponse
  >;
  readonly UpdateCluster: Operation<ecs.UpdateClusterRequest, ecs.UpdateClusterResponse>;
  readonly UpdateClusterSettings: Operation<
    ecs.UpdateClusterSettingsRequest,
    ecs.UpdateClusterSettingsResponse
  >;
  readonly RegisterTaskDefinition: Operation<
    ecs.RegisterTaskDefinitionRequest,
    ecs.RegisterTaskDefinitionResponse
  >;
  readonly DescribeTaskDefinition: Operation<
    ecs.DescribeTaskDefinitionRequest,
    ecs.DescribeTaskDefinitionResponse
  >;
  readonly ListTaskDefinitions: Operation<
    ecs.ListTaskDefinitionsRequest,
    ecs.ListTaskDefinitionsResponse
  >;
  readonly ListTaskDefinitionFamilies: Operation<
    ecs.ListTaskDefinitionFamiliesRequest,
    ecs.ListTaskDefinitionFamiliesResponse
  >;
  readonly DeregisterTaskDefinition: Operation<
    ecs.DeregisterTaskDefinitionRequest,
    ecs.DeregisterTaskDefinitionResponse
  >;
  readonly DeleteTaskDefinitions: Operation<
    ecs.DeleteTaskDefinitionsRequest,
    ecs.DeleteTaskDefinitionsResponse
  >;
  readonly RegisterContainerInstance: Operation<
    AgentRegistration,
    ecs.RegisterContainerInstanceResponse
  >;
  readonly DeregisterContainerInstance: Operation<
    ecs.DeregisterContainerInstanceRequest,
    ecs.DeregisterContainerInstanceResponse
  >;
  readonly DescribeContainerInstances: Operation<
    ecs.DescribeContainerInstancesRequest,
    ecs.DescribeContainerInstancesResponse
  >;
  readonly ListContainerInstances: Operation<
    ecs.ListContainerInstancesRequest,
    ecs.ListContainerInstancesResponse
  >;
  readonly UpdateContainerInstancesState: Operation<
    ecs.UpdateContainerInstancesStateRequest,
    ecs.UpdateContainerInstancesStateResponse
  >;
  readonly UpdateContainerAgent: Operation<
    ecs.UpdateContainerAgentRequest,
    ecs.UpdateContainerAgentResponse
  >;
  readonly PutAttributes: Operation<ecs.PutAttributesRequest, ecs.PutAttributesResponse>;
  readonly DeleteAttributes: Operation<ecs.DeleteAttributesRequest, ecs.DeleteAttributesResponse>;
  readonly ListAttributes: Operation<ecs.ListAttributesRequest, ecs.ListAttributesResponse>;
  readonly DiscoverPollEndpoint: Operation<
    ecs.DiscoverPollEndpointRequest,
    ecs.DiscoverPollEndpointResponse
  >;
  readonly RunTask: Operation<ecs.RunTaskRequest, ecs.RunTaskResponse>;
  readonly StartTask: Operation<ecs.StartTaskRequest, ecs.StartTaskResponse>;
  readonly ExecuteCommand: Operation<ecs.ExecuteCommandRequest, ecs.ExecuteCommandResponse>;
  readonly StopTask: Operation<ecs.StopTaskRequest, ecs.StopTaskResponse>;
  readonly DescribeTasks: Operation<ecs.DescribeTasksRequest, ecs.DescribeTasksResponse>;
  readonly ListTasks: Operation<ecs.ListTasksRequest, ecs.ListTasksResponse>;
  readonly UpdateTaskProtection: Operation<
    ecs.UpdateTaskProtectionRequest,
    ecs.UpdateTaskProtectionResponse
  >;
  readonly GetTaskProtection: Operation<
    ecs.GetTaskProtectionRequest,
    ecs.GetTaskProtectionResponse
  >;
  readonly CreateService: Operation<ecs.CreateServiceRequest, ecs.CreateServiceResponse>;
  readonly UpdateService: Operation<ecs.UpdateServiceRequest, ecs.UpdateServiceResponse>;
  readonly DescribeServices: Operation<ecs.DescribeServicesRequest, ecs.DescribeServicesResponse>;
  readonly ListServices: Operation<ecs.ListServicesRequest, ecs.ListServicesResponse>;
  readonly ListServicesByNamespace: Operation<
    ecs.ListServicesByNamespaceRequest,
    ecs.ListServicesByNamespaceResponse
  >;
  readonly DeleteService: Operation<ecs.DeleteServiceRequest, ecs.DeleteServiceResponse>;
  readonly ListServiceDeployments: Operation<
    ecs.ListServiceDeploymentsRequest,
    ecs.ListServiceDeploymentsResponse
  >;
  readonly DescribeServiceDeployments: Operation<
    ecs.DescribeServiceDeploymentsRequest,
    ecs.DescribeServiceDeploymentsResponse
  >;
  readonly DescribeServiceRevisions: Operation<
    ecs.DescribeServiceRevisionsRequest,
    ecs.DescribeServiceRevisionsResponse
  >;
  readonly StopServiceDeployment: Operation<
    ecs.StopServiceDeploymentRequest,
    ecs.StopServiceDeploymentResponse
  >;
  readonly ContinueServiceDeployment: Operation<
    ecs.ContinueServiceDeploymentRequest,
    ecs.ContinueServiceDeploymentResponse
  >;
  readonly CreateTaskSet: Operation<ecs.CreateTaskSetRequest, ecs.CreateTaskSetResponse>;
  readonly UpdateTaskSet: Operation<ecs.UpdateTaskSetRequest, ecs.UpdateTaskSetResponse>;
  readonly DeleteTaskSet: Operation<ecs.DeleteTaskSetRequest, ecs.DeleteTaskSetResponse>;
  readonly DescribeTaskSets: Operation<ecs.DescribeTaskSetsRequest, ecs.DescribeTaskSetsResponse>;
  readonly UpdateServicePrimaryTaskSet: Operation<
    ecs.UpdateServicePrimaryTaskSetRequest,
    ecs.UpdateServicePrimaryTaskSetResponse
  >;
  readonly TagResource: Operation<ecs.TagResourceRequest, ecs.TagResourceResponse>;
  readonly UntagResource: Operation<ecs.UntagResourceRequest, ecs.UntagResourceResponse>;
  readonly ListTagsForResource: Operation<
    ecs.ListTagsForResourceRequest,
    ecs.ListTagsForResourceResponse
  >;
  readonly PutAccountSetting: Operation<
    ecs.PutAccountSettingRequest,
    ecs.PutAccountSettingResponse
  >;
  readonly PutAccountSettingDefault: Operation<
    ecs.PutAccountSettingDefaultRequest,
    ecs.PutAccountSettingDefaultResponse
  >;
  readonly DeleteAccountSetting: Operation<
    ecs.DeleteAccountSettingRequest,
    ecs.DeleteAccountSettingResponse
  >;
  readonly ListAccountSettings: Operation<
    ecs.ListAccountSettingsRequest,
    ecs.ListAccountSettingsResponse
  >;
  readonly SubmitTaskStateChange: Operation<
    ecs.SubmitTaskStateChangeRequest,
    ecs.SubmitTaskStateChangeResponse
  >;
  readonly SubmitContainerStateChange: Operation<
    ecs.SubmitContainerStateChangeRequest,
    ecs.SubmitContainerStateChangeResponse
  >;
  readonly SubmitAttachmentStateChanges: Operation<
    ecs.SubmitAttachmentStateChangesRequest,
    ecs.SubmitAttachmentStateChangesResponse
  >;
}

/** Agents make a repeated call known by a token that the public model does not have. */
interface AgentRegistration extends ecs.RegisterContainerInstanceRequest {
  readonly clientToken?: string;
}

interface Operation<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

export type EcsOperationName = keyof EcsOperations;
export type EcsRequest<Name extends EcsOperationName> = EcsOperations[Name]["request"];
export type EcsResponse<Name extends EcsOperationName> = EcsOperations[Name]["response"];
