import { fargateObstacles } from "./fargate-faults.ts";
import type { Registration } from "./registration.ts";
import { networkModeOf } from "./registration.ts";

/** The launch types that a definition is fit for, whether or not it asked for them. */
export function compatibilitiesOf(registration: Registration): readonly string[] {
  if (networkModeOf(registration) === "awsvpc") {
    return fargateObstacles(registration).next().done ? ["EC2", "FARGATE"] : ["EC2"];
  }
  // Service Connect does not reach instances outside EC2.
  const isNamed = registration.containerDefinitions?.some((container) =>
    container.portMappings?.some(({ name, appProtocol }) => name ?? appProtocol),
  );
  return isNamed ? ["EC2"] : ["EXTERNAL", "EC2"];
}
