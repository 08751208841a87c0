import { HTTP_STATUS } from "@berth/domain/errors";
import type { EcsErrorCode } from "@berth/domain/errors";

/** What every refusal under `/v1` answers, as `application/problem+json`. Source: RFC 9457. */
export interface Problem {
  /** `urn:berth:problem:` and the code. */
  readonly type: string;
  /** The code: it never changes, and agents go by it. */
  readonly title: string;
  readonly status: number;
  /** For people. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  /** As the ECS API would name it. */
  readonly code: EcsErrorCode;
  readonly requestId: string;
  /** What else the modelled error holds, such as `resourceIds`. */
  readonly [member: string]: unknown;
}

/** The ECS API answers almost every refusal with 400; REST's clients go by the status. */
const STATUS: Readonly<Partial<Record<EcsErrorCode, number>>> = {
  AccessDeniedException: 403,
  ClusterContainsCapacityProviderException: 409,
  ClusterContainsContainerInstancesException: 409,
  ClusterContainsServicesException: 409,
  ClusterContainsTasksException: 409,
  ClusterNotFoundException: 404,
  ConflictException: 409,
  DaemonNotFoundException: 404,
  ExpiredTokenException: 401,
  IncompleteSignature: 401,
  InvalidSignatureException: 401,
  MissingAuthenticationTokenException: 401,
  NamespaceNotFoundException: 404,
  ResourceInUseException: 409,
  ResourceNotFoundException: 404,
  ServiceDeploymentNotFoundException: 404,
  ServiceNotActiveException: 409,
  ServiceNotFoundException: 404,
  TargetNotFoundException: 404,
  TaskSetNotFoundException: 404,
  ThrottlingException: 429,
  UnrecognizedClientException: 401,
  UpdateInProgressException: 409,
};

/** The status of a refusal under `/v1`. */
export const restStatus = (code: EcsErrorCode): number => STATUS[code] ?? HTTP_STATUS[code];
