import { fargateObstacles } from "./fargate-faults.ts";
import type { Registration } from "./registration.ts";
import { isFor, networkModeOf } from "./registration.ts";

/**
 * The launch types that a definition is fit for, whether or not it asked for them; Managed Instances,
 * which nothing here starts tasks on, only if it did.
 */
export function compatibilitiesOf(registration: Registration): readonly string[] {
  const isManaged = isFor(registration, "MANAGED_INSTANCES");
  return [...launchTypesOf(registration), ...(isManaged ? ["MANAGED_INSTANCES"] : [])];
}

function launchTypesOf(registration: Registration): readonly string[] {
  if (networkModeOf(registration) === "awsvpc") {
    return fargateObstacles(registration).next().done ? ["EC2", "FARGATE"] : ["EC2"];
  }
  return needsEc2(registration) ? ["EC2"] : ["EXTERNAL", "EC2"];
}

/** Neither Service Connect nor EFS reaches instances outside EC2. */
const needsEc2 = ({ containerDefinitions = [], volumes = [] }: Registration): boolean =>
  containerDefinitions.some(({ portMappings = [] }) =>
    portMappings.some(({ name, appProtocol }) => name ?? appProtocol),
  ) || volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration);
