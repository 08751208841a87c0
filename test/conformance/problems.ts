import { zoneOf } from "./candidates.ts";
import { check, NOTHING } from "./check.ts";
import { type PlannerRun, runOnPlanner } from "./run-on-planner.ts";
import type { Scenario } from "./scenario.ts";

/** What of a scenario's expectations the planner does not meet. */
export function problemsOnPlanner(scenario: Scenario, run: PlannerRun): readonly string[] {
  const outcomes = runOnPlanner(scenario, run);
  return scenario.requests.flatMap(({ expect }, index) =>
    check(expect, outcomes[index] ?? NOTHING, (name) => zoneOf(scenario.instances, name)),
  );
}
