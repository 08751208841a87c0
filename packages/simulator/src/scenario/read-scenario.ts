import type { EcsOperationName } from "@berth/contracts/ecs-api/operations";
import { parseRequest } from "@berth/contracts/ecs-api/parse-request";
import type { ParsedRequest } from "@berth/contracts/ecs-api/parse-request";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { scenarioSchema } from "./scenario-schema.ts";
import type { GivenEvent, GivenScenario } from "./scenario-schema.ts";
import type { Action, Scenario, ScenarioEvent } from "./scenario.ts";

/** As large as the simulator is measured for. */
const SCENARIO_LIMITS = { instances: 10_000, tasks: 100_000 } as const;

/** The file is not what a scenario has to be; the message says where and why. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

/** What is wrong, and where. */
export const faultAt = (place: string, message: string): ScenarioError =>
  new ScenarioError(`✖ ${message}\n  → at ${place}`);

/** @throws ScenarioError that names each member that breaks a rule, and the rule */
export function readScenario(text: string): Scenario {
  const outcome = scenarioSchema.safeParse(parseYaml(text));
  if (!outcome.success) throw new ScenarioError(z.prettifyError(outcome.error));
  const given = outcome.data;
  const { duration: durationMs, instanceLostAfter: instanceLostAfterMs, ...rest } = given;
  const scenario: Scenario = {
    ...rest,
    durationMs,
    instanceLostAfterMs,
    capacityProviders: given.capacityProviders.map((each, index) =>
      request("CreateCapacityProvider", each, `capacityProviders[${index}]`),
    ),
    taskDefinitions: given.taskDefinitions.map((each, index) =>
      request("RegisterTaskDefinition", each, `taskDefinitions[${index}]`),
    ),
    services: given.services.map((each, index) =>
      request("CreateService", each, `services[${index}]`),
    ),
    events: given.events.map((event, index) => readEvent(event, index)),
  };
  checkSize(scenario);
  checkTimes(scenario, given);
  return scenario;
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ScenarioError(error.message);
    throw error;
  }
}

const readEvent = ({ at, times, ...given }: GivenEvent, index: number): ScenarioEvent => ({
  atMs: at,
  times,
  action: readAction(given, `events[${index}]`),
});

type GivenAction = Required<Omit<GivenEvent, "at" | "times">>;
type Readers = {
  readonly [Kind in keyof GivenAction]: (
    given: NonNullable<GivenAction[Kind]>,
    place: string,
  ) => Action;
};

const READERS: Readers = {
  registerTaskDefinition: (body, place) => ({
    kind: "registerTaskDefinition",
    request: request("RegisterTaskDefinition", body, place),
  }),
  createService: (body, place) => ({
    kind: "createService",
    request: request("CreateService", body, place),
  }),
  updateService: (body, place) => ({
    kind: "updateService",
    request: request("UpdateService", body, place),
  }),
  deleteService: (body, place) => ({
    kind: "deleteService",
    request: request("DeleteService", body, place),
  }),
  createTaskSet: (body, place) => ({
    kind: "createTaskSet",
    request: request("CreateTaskSet", inSomeCluster(body), place),
  }),
  updateTaskSet: (body, place) => ({
    kind: "updateTaskSet",
    request: request("UpdateTaskSet", inSomeCluster(body), place),
  }),
  deleteTaskSet: (body, place) => ({
    kind: "deleteTaskSet",
    request: request("DeleteTaskSet", inSomeCluster(body), place),
  }),
  updateServicePrimaryTaskSet: (body, place) => ({
    kind: "updateServicePrimaryTaskSet",
    request: request("UpdateServicePrimaryTaskSet", inSomeCluster(body), place),
  }),
  runTask: (body, place) => ({ kind: "runTask", request: request("RunTask", body, place) }),
  stopTasks: (tasks) => ({ kind: "stopTasks", tasks }),
  killTasks: (tasks) => ({ kind: "killTasks", tasks }),
  drainInstances: (instances) => ({ kind: "drainInstances", instances }),
  activateInstances: (instances) => ({ kind: "activateInstances", instances }),
  loseInstances: ({ notice, ...instances }) => ({ kind: "loseInstances", instances, notice }),
  returnInstances: (instances) => ({ kind: "returnInstances", instances }),
  joinInstances: (template) => ({ kind: "joinInstances", template }),
  slowAgents: ({ factor, ...instances }) => ({ kind: "slowAgents", instances, factor }),
  setAlarm: ({ name, ...setting }) => ({ kind: "setAlarm", name, setting }),
  behave: (behaviour) => ({ kind: "behave", behaviour }),
};

/** ECS wants it named; it is the scenario's in the end. */
const inSomeCluster = (body: object): object => ({ cluster: "default", ...body });

/** The schema has seen to it that there is exactly one. */
function readAction(given: Partial<GivenAction>, place: string): Action {
  const [kind, body] = Object.entries(given).find(([name]) => name in READERS) ?? [];
  const read = READERS[kind as keyof Readers] as (body: unknown, place: string) => Action;
  return read(body, `${place}.${kind}`);
}

function request<Name extends EcsOperationName>(
  operation: Name,
  body: object,
  place: string,
): ParsedRequest<Name> {
  try {
    return parseRequest(operation, JSON.stringify(body));
  } catch (error) {
    throw faultAt(place, (error as Error).message);
  }
}

function checkSize({ instances, services, events }: Scenario): void {
  const joining = events.flatMap(({ action, times }) =>
    action.kind === "joinInstances" ? action.template.count * times : [],
  );
  const counts = {
    instances: sum([...instances.map(({ count }) => count), ...joining]),
    tasks: sum(services.map(({ desiredCount = 0 }) => desiredCount)),
  };
  for (const [kind, most] of Object.entries(SCENARIO_LIMITS)) {
    const count = counts[kind as keyof typeof counts];
    if (count > most) throw new ScenarioError(`✖ at most ${most} ${kind}, but has ${count}`);
  }
}

function checkTimes({ durationMs, events }: Scenario, given: GivenScenario): void {
  const late = events.findIndex(({ atMs }) => atMs > durationMs);
  if (late < 0) return;
  throw faultAt(
    `events[${late}].at`,
    `must not be later than the duration of ${given.duration / 1_000} s`,
  );
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);
