import type { EcsErrorCode } from "@berth/domain/errors";
import type { ModelOperationName } from "../ecs-api/operation-names.ts";

/** What a route is about where its state can be held to an `If-Match` (ADR 0029). */
export type RecordKind = "cluster" | "containerInstance" | "service" | "task" | "taskDefinition";

/** What ECS names by more than the id that stands in a path. */
export type IdOf = "service-deployment" | "service-revision" | "task-set";

/** Where a parameter of the path goes, if not into the request's member of the same name. */
export interface PathMember {
  readonly member: string;
  readonly idOf?: IdOf;
}

/** One of a list that the operation answers, where a route is about a single thing. */
export interface OneOf {
  readonly from: string;
  readonly as: string;
  /** The refusal where the operation answers a failure instead. */
  readonly absent: EcsErrorCode;
}

/** How one operation of the ECS API is called as REST: everything else follows from its schemas. */
export interface OperationRoute {
  readonly operation: ModelOperationName;
  /** What it does, for people who read the reference. */
  readonly summary: string;
  /** 200 where nothing is said. */
  readonly status?: 201;
  readonly path?: Readonly<Record<string, PathMember>>;
  /** The whole answer where it is absent. */
  readonly one?: OneOf;
  readonly record?: RecordKind;
  /** The operation says with this code that there is none. */
  readonly absentAs?: EcsErrorCode;
}

export type RestMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
/** Such as `GET /v1/clusters/{cluster}`. */
export type OperationRouteName = `${RestMethod} /v1/${string}`;
