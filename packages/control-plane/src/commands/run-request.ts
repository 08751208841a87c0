import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import { taskIdOf } from "@berth/domain/task-id";
import type { PlacementStrategy } from "@berth/domain/service";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { CommandContext } from "../context.ts";
import type { Launch } from "../placement/new-task.ts";
import { randomTaskId } from "../random-ids.ts";
import { sha256Hex } from "../request-hash.ts";
import { validConstraints, validStrategy } from "./placement-members.ts";
import { checkClientToken } from "./task-members.ts";
import { checkTaskRequest, type CheckedTaskRequest } from "./task-request.ts";

const MAX_COUNT = 10;
const RULES = { operation: "RunTask", maxStartedByLength: 128 } as const;
const MAX_TOKEN_LENGTH = 64;

export interface CheckedRunRequest extends CheckedTaskRequest {
  readonly count: number;
  /** Beside those of the definition. */
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
}

/**
 * Checks what RunTask is asked, whether it waits for capacity or not.
 *
 * @throws EcsError ClusterNotFoundException, ClientException, InvalidParameterException, UnsupportedFeatureException
 */
export async function checkRunRequest(
  context: CommandContext,
  request: EcsRequest<"RunTask">,
): Promise<CheckedRunRequest> {
  const count = validCount(request.count);
  checkClientToken(request.clientToken, MAX_TOKEN_LENGTH);
  const constraints = validConstraints(request.placementConstraints);
  const strategy = validStrategy(request.placementStrategy);
  const checked = await checkTaskRequest(context, request, RULES);
  return { ...checked, count, constraints, strategy };
}

function validCount(given: number | undefined): number {
  const count = given ?? 1;
  if (count >= 1 && count <= MAX_COUNT) return count;
  throw new EcsError("InvalidParameterException", `count should be between 1 and ${MAX_COUNT}.`);
}

/** @param seed where there is one, equal seeds give equal ids */
export function runTaskIds(
  context: Pick<CommandContext, "randomHex">,
  { group }: Pick<Launch, "group">,
  { count, seed }: { readonly count: number; readonly seed?: string },
): readonly string[] {
  const indexes = Array.from({ length: count }, (_, index) => index);
  if (seed === undefined) return indexes.map(() => randomTaskId(context, group));
  return indexes.map((index) => taskIdOf(group, sha256Hex(`${seed}|${index}`)));
}
