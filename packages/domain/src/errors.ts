/** Error codes that Berth answers, those of the ECS API but for two, with the HTTP status each travels under. */
export const HTTP_STATUS = {
  AccessDeniedException: 400,
  AttributeLimitExceededException: 400,
  BlockedException: 400,
  ClientException: 400,
  ClusterContainsCapacityProviderException: 400,
  ClusterContainsContainerInstancesException: 400,
  ClusterContainsServicesException: 400,
  ClusterContainsTasksException: 400,
  ClusterNotFoundException: 400,
  ConflictException: 400,
  DaemonNotActiveException: 400,
  DaemonNotFoundException: 400,
  ExpiredTokenException: 403,
  IncompleteSignature: 403,
  InvalidParameterException: 400,
  InvalidSignatureException: 403,
  LimitExceededException: 400,
  MalformedHttpRequestException: 400,
  MissingAuthenticationTokenException: 403,
  MissingVersionException: 400,
  NamespaceNotFoundException: 400,
  NoUpdateAvailableException: 400,
  /** Berth's own, under `/v1`: what a plan was made from has moved. */
  PlanOutdatedException: 409,
  PlatformTaskDefinitionIncompatibilityException: 400,
  PlatformUnknownException: 400,
  /** Berth's own, under `/v1`: the resource is not as the caller's `If-Match` has it. */
  PreconditionFailedException: 412,
  RequestEntityTooLargeException: 413,
  ResourceInUseException: 400,
  ResourceNotFoundException: 400,
  SerializationException: 400,
  ServerException: 500,
  ServiceDeploymentNotFoundException: 400,
  ServiceNotActiveException: 400,
  ServiceNotFoundException: 400,
  TargetNotConnectedException: 400,
  TargetNotFoundException: 400,
  TaskSetNotFoundException: 400,
  ThrottlingException: 400,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
  UnsupportedFeatureException: 400,
  UpdateInProgressException: 400,
} as const satisfies Record<string, number>;

export type EcsErrorCode = keyof typeof HTTP_STATUS;

/** A refusal the API caller can act on. Identify it by `code`: two copies of this class may meet. */
export class EcsError extends Error {
  readonly code: EcsErrorCode;
  /** Extra members of the modelled error, such as `resourceIds` of ConflictException. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: EcsErrorCode,
    message: string,
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.members = members;
  }
}

export function isEcsError(error: unknown): error is EcsError {
  return (
    error instanceof Error &&
    "code" in error &&
    error.name === error.code &&
    error.name in HTTP_STATUS
  );
}

/** A bug, not an outcome: crashes, so that the message returns to its queue and an alarm can see it. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}
