import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";

type GivenScale = EcsRequest<"CreateTaskSet">["scale"];

const MAX_PERCENT = 100;

/**
 * The percentage that a scale asks for.
 *
 * @throws EcsError InvalidParameterException
 */
export function validScale({ value, unit = "PERCENT" }: NonNullable<GivenScale>): number {
  // The one unit that there is; parsed before, so that any other is refused there.
  if (unit === "PERCENT" && value !== undefined && value >= 0 && value <= MAX_PERCENT) return value;
  throw new EcsError(
    "InvalidParameterException",
    `scale value must be between 0 and ${MAX_PERCENT}.`,
  );
}
