import { containerFaults } from "./container-faults.ts";
import { dependencyFaults } from "./dependency-faults.ts";
import { fargateFaults } from "./fargate-faults.ts";
import { featureFaults } from "./feature-faults.ts";
import { logFaults } from "./log-faults.ts";
import { portFaults } from "./port-faults.ts";
import type { Registration } from "./registration.ts";
import { taskFaults } from "./task-faults.ts";
import { volumeFaults } from "./volume-faults.ts";

/**
 * What is wrong with a registration, in ECS's words where they are known, most general first. Each is
 * a ClientException of RegisterTaskDefinition; ECS tells the first one only. Lazy: a later rule may
 * lean on what an earlier one has made sure of.
 */
export function* faults(registration: Registration): Generator<string> {
  yield* taskFaults(registration);
  yield* containerFaults(registration);
  yield* featureFaults(registration);
  yield* portFaults(registration);
  yield* volumeFaults(registration);
  yield* dependencyFaults(registration);
  yield* logFaults(registration);
  yield* fargateFaults(registration);
}
