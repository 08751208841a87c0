import type { Deployment } from "@berth/domain/service";
import { assert } from "@berth/domain/errors";

/** The newest deployment: the one that the service is on its way to. */
export function primaryOf(deployments: readonly Deployment[]): Deployment {
  const [primary] = deployments;
  assert(primary !== undefined, "a service has a PRIMARY deployment");
  return primary;
}
