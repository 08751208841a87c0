import { attributesForLaunch } from "@berth/control-plane/placement/launch-attributes";
import {
  placementRequest,
  planGivenPlaces,
} from "@berth/control-plane/placement/placement-request";
import { byProvider, requirementOf } from "@berth/control-plane/placement/provider-batches";
import { withReservations } from "@berth/control-plane/placement/reservations";
import { strategyOf } from "@berth/planner/service/strategy-of";
import { validConstraints, validStrategy } from "@berth/control-plane/commands/placement-members";
import { validOverrides } from "@berth/control-plane/commands/task-overrides";
import { isEcsError } from "@berth/domain/errors";
import { type Demand, taskDemand } from "@berth/domain/resources";
import { overridden } from "@berth/domain/task-definition/overridden";
import type { TaskOverrides } from "@berth/domain/task";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { defineTask } from "@berth/domain/task-definition/define";
import { faults } from "@berth/domain/task-definition/faults";
import type { Candidate, PlacementPlan, PlacementRequest } from "@berth/planner/placement/place";
import type { planPlacement } from "@berth/planner/placement/place";
import { taskId } from "@berth/testing/builders";
import { candidatesOf, idOf, nameOf } from "./candidates.ts";
import { NOTHING, type Outcome } from "./check.ts";
import { registrationOf } from "./definition.ts";
import { givenRules } from "./given-rules.ts";
import { sharesOf } from "./providers.ts";
import { scaleIn } from "./scale-in.ts";
import type { PlacingRequest, Request, Scenario } from "./scenario.ts";

export interface PlannerRun {
  /** The planner, or one with a fault. */
  readonly plan: typeof planPlacement;
  readonly seed: string;
  /** The instances in the opposite order, which must make no difference. */
  readonly reversed: boolean;
}

/** What becomes of each request of the scenario, each seeing what those before it took. */
export function runOnPlanner(scenario: Scenario, run: PlannerRun): readonly Outcome[] {
  let candidates = candidatesOf(scenario.instances);
  if (run.reversed) candidates = candidates.toReversed();
  return scenario.requests.map((request, index) => {
    const attempt = answer({ scenario, request, index, candidates }, run);
    candidates = attempt.candidates;
    return attempt.outcome;
  });
}

interface Situation {
  readonly scenario: Scenario;
  readonly request: Request;
  readonly index: number;
  readonly candidates: readonly Candidate[];
}

interface Attempt {
  readonly outcome: Outcome;
  readonly candidates: readonly Candidate[];
}

function answer(situation: Situation, run: PlannerRun): Attempt {
  const { request, scenario, candidates } = situation;
  if (request.operation === "ScaleIn") {
    return { outcome: { ...NOTHING, stopped: scaleIn(scenario, request, candidates) }, candidates };
  }
  try {
    return place(situation, request, run);
  } catch (error) {
    if (!isEcsError(error)) throw error;
    return {
      outcome: { ...NOTHING, error: { code: error.code, message: error.message } },
      candidates,
    };
  }
}

function place(
  { scenario, index, candidates }: Situation,
  request: PlacingRequest,
  run: PlannerRun,
): Attempt {
  const definition = define(request);
  const group =
    request.operation === "CreateService" ? `service:${request.service}` : request.group;
  // Numbers apart from those of the tasks that are held already and of earlier requests.
  const first = (index + 1) * 100_000;
  const count = request.operation === "StartTask" ? request.on.length : request.count;
  const taskIds = Array.from({ length: count }, (_, each) => taskId(group, first + each));
  const wanted = { instances: scenario.instances, request, definition, group, taskIds };
  const ask = (on: readonly Candidate[]) => planFor(on, wanted, run);
  const plan = ask(candidates);
  const after = reserve(
    candidates,
    plan,
    taskDemand(overridden(definition, overridesOf(request, definition))),
  );
  const again = ask(after);
  if (JSON.stringify(placesOf(again)) !== JSON.stringify(placesOf(plan))) {
    throw new Error(`${scenario.name}: a repeated call places otherwise`);
  }
  return { outcome: outcomeOf(scenario, plan), candidates: after };
}

/** @throws EcsError where ECS would refuse it */
function define(request: PlacingRequest): TaskDefinition {
  const { tags: _tags, ...registration } = registrationOf("web", request.definition);
  const [fault] = faults(registration);
  if (fault !== undefined) throw new Error(`The scenario's definition is refused: ${fault}`);
  validConstraints(registration.placementConstraints);
  return defineTask(registration, {
    account: "123456789012",
    revision: 1,
    tags: [],
    registeredAt: 0,
    registeredBy: "",
  });
}

interface Wanted {
  readonly instances: Scenario["instances"];
  readonly request: PlacingRequest;
  readonly definition: TaskDefinition;
  readonly group: string;
  readonly taskIds: readonly string[];
}

function planFor(
  candidates: readonly Candidate[],
  { instances, request, definition, group, taskIds }: Wanted,
  { plan, seed }: PlannerRun,
): PlacementPlan {
  const overrides = overridesOf(request, definition);
  const wish = {
    group,
    taskIds,
    definition,
    requiresAttributes: attributesForLaunch(request.launchType),
    ...(overrides && { overrides }),
  };
  if (request.operation === "StartTask") {
    const { on } = request;
    const chosen = new Map(taskIds.map((id, index) => [id, idOf(instances, on[index] ?? "")]));
    const find = (id: string) => candidates.find(({ instance }) => instance.id === id);
    return planGivenPlaces(find, { ...wish, chosen });
  }
  const plans = byProvider(taskIds, sharesOf(request)).map((batch) =>
    plan(
      candidates,
      placementRequest(
        { ...wish, ...requirementOf(batch), taskIds: batch.taskIds },
        { ...rulesOf(request), seed },
      ),
    ),
  );
  return {
    placed: plans.flatMap(({ placed }) => placed),
    unplaced: plans.flatMap(({ unplaced }) => unplaced),
  };
}

function rulesOf(request: PlacingRequest): Pick<PlacementRequest, "constraints" | "strategy"> {
  const given = givenRules(request);
  const placementStrategy = validStrategy(given.placementStrategy);
  return {
    constraints: validConstraints(given.placementConstraints),
    strategy:
      request.operation === "CreateService" ? strategyOf({ placementStrategy }) : placementStrategy,
  };
}

const overridesOf = (
  { overrides }: PlacingRequest,
  definition: TaskDefinition,
): TaskOverrides | undefined => validOverrides(definition, overrides);

/** As the store would have them, once the plan is carried out. */
function reserve(
  candidates: readonly Candidate[],
  { placed }: PlacementPlan,
  demand: Demand,
): readonly Candidate[] {
  return candidates.map(({ instance, ledger }) => {
    const own = placed.filter(({ containerInstanceId }) => containerInstanceId === instance.id);
    const stored = { instance: { ...instance, version: 1 }, ledger: { ...ledger, version: 1 } };
    const taskIds = own.map((each) => each.taskId);
    return { instance, ledger: withReservations(stored, taskIds, { ...demand, reservedAt: 0 }) };
  });
}

const placesOf = ({ placed }: PlacementPlan) =>
  placed.map(({ taskId, containerInstanceId }) => [taskId, containerInstanceId]);

function outcomeOf(scenario: Scenario, { placed, unplaced }: PlacementPlan): Outcome {
  const failures = unplaced.flatMap((each) =>
    each.failures.map(({ containerInstanceId, reason }) => [
      containerInstanceId === undefined ? "none" : nameOf(scenario.instances, containerInstanceId),
      reason,
    ]),
  );
  return {
    ...NOTHING,
    placed: placed.map((each) => nameOf(scenario.instances, each.containerInstanceId)),
    unplaced: unplaced.length,
    failures: Object.fromEntries(failures) as Outcome["failures"],
  };
}
