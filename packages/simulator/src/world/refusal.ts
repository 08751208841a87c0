import { isEcsError } from "@berth/domain/errors";
import type { EcsError } from "@berth/domain/errors";

/** Whether it is an answer of the control plane to its caller; anything else that is thrown is a bug. */
export const isRefusal = (error: unknown): error is EcsError =>
  isEcsError(error) && error.code !== "ServerException";
