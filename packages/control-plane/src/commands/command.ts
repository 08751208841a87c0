import type {
  EcsOperationName,
  EcsRequest,
  EcsResponse,
} from "@berth/contracts/ecs-api/operations";
import type { CommandContext } from "../context.ts";

/**
 * Carries out one ECS operation on a request that `contracts` has parsed: members have their types,
 * required ones are there, enums hold. Refuses by throwing `EcsError`.
 */
export type Command<Name extends EcsOperationName> = (
  context: CommandContext,
  request: EcsRequest<Name>,
) => Promise<EcsResponse<Name>>;

/** One command per operation: both faces of the API call these. */
export type Commands = { readonly [Name in EcsOperationName]: Command<Name> };
