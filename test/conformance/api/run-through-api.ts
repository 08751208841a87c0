import {
  CreateServiceCommand,
  DescribeTasksCommand,
  type Failure,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StartTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { callRest } from "@berth/cli/rest-client";
import type { ServiceExplanation } from "@berth/contracts/rest/explanation";
import { NOTHING, type Outcome } from "../check.ts";
import { definitionOf, registrationOf } from "../definition.ts";
import { givenRules } from "../given-rules.ts";
import type { PlacingRequest, Scenario } from "../scenario.ts";
import { eventually } from "./eventually.ts";
import { makeProviders, providerIn } from "./providers.ts";
import { type LiveInstance, settleInstances, startInstances } from "./instances.ts";
import type { OneMachine } from "./one-machine.ts";

/** Where one scenario is played. */
interface Stage {
  readonly machine: OneMachine;
  readonly cluster: string;
  readonly live: readonly LiveInstance[];
}

/**
 * What becomes of each request of the scenario: in a cluster of its own, with an agent for each
 * instance, as a client of the API sees it once every task that was placed runs where it was placed.
 */
export async function runThroughApi(
  machine: OneMachine,
  cluster: string,
  scenario: Scenario,
): Promise<readonly Outcome[]> {
  const live = await startInstances(machine, cluster, scenario.instances);
  const stage = { machine, cluster, live };
  await makeProviders(machine, cluster, scenario);
  try {
    await hold(stage, scenario.instances);
    await settleInstances(machine, cluster, { instances: scenario.instances, live });
    const outcomes: Outcome[] = [];
    for (const request of scenario.requests) {
      if (request.operation === "ScaleIn") throw new Error("ScaleIn is for the planner alone");
      outcomes.push(await send(stage, request));
    }
    await untilAllRun(stage);
    return outcomes;
  } finally {
    await Promise.all(live.map(async ({ agent }) => agent.close()));
  }
}

/** Starts what the instances hold before anything is asked. */
async function hold(stage: Stage, instances: Scenario["instances"]): Promise<void> {
  for (const { name, arn } of stage.live) {
    for (const holding of instances[name]?.holds ?? []) {
      const taskDefinition = await register(
        stage,
        `${holding.group.replace(":", "-")}-${name}`,
        definitionOf(holding),
      );
      for (let started = 0; started < holding.count; started += 1) {
        await stage.machine.ecs.send(
          new StartTaskCommand({
            cluster: stage.cluster,
            taskDefinition,
            group: holding.group,
            containerInstances: [arn],
          }),
        );
      }
    }
  }
}

async function register(
  { machine, cluster }: Stage,
  family: string,
  definition: PlacingRequest["definition"],
): Promise<string> {
  const registration = registrationOf(`${cluster}-${family}`, definition);
  const { taskDefinition } = await machine.ecs.send(
    new RegisterTaskDefinitionCommand(registration),
  );
  return taskDefinition?.taskDefinitionArn ?? "";
}

async function send(stage: Stage, request: PlacingRequest): Promise<Outcome> {
  const taskDefinition = await register(stage, "web", request.definition);
  try {
    switch (request.operation) {
      case "RunTask":
        return await runTask(stage, request, taskDefinition);
      case "StartTask":
        return await startTask(stage, request, taskDefinition);
      case "CreateService":
        return await createService(stage, request, taskDefinition);
    }
  } catch (error) {
    const { name: code, message } = error as Error;
    return { ...NOTHING, error: { code, message } };
  }
}

async function runTask(
  stage: Stage,
  request: Extract<PlacingRequest, { operation: "RunTask" }>,
  taskDefinition: string,
): Promise<Outcome> {
  const { placementStrategy, placementConstraints } = givenRules(request);
  const { count, group } = request;
  const answer = await stage.machine.ecs.send(
    new RunTaskCommand({
      cluster: stage.cluster,
      taskDefinition,
      count,
      group,
      ...capacityOf(stage, request),
      placementStrategy,
      placementConstraints,
      ...overridesOf(request),
      ...networkOf(request),
    }),
  );
  return outcomeOf(stage, count, answer);
}

async function startTask(
  stage: Stage,
  request: Extract<PlacingRequest, { operation: "StartTask" }>,
  taskDefinition: string,
): Promise<Outcome> {
  const arns = request.on.map((name) => stage.live.find((each) => each.name === name)?.arn ?? "");
  const answer = await stage.machine.ecs.send(
    new StartTaskCommand({
      cluster: stage.cluster,
      taskDefinition,
      group: request.group,
      containerInstances: arns,
      ...overridesOf(request),
      ...networkOf(request),
    }),
  );
  return outcomeOf(stage, arns.length, answer);
}

const overridesOf = ({ overrides }: PlacingRequest): Pick<RunTaskCommandInput, "overrides"> =>
  overrides ? { overrides } : {};

/** Which subnet it is says nothing off EC2; that there is one does. */
const networkOf = ({
  definition,
}: PlacingRequest): Pick<RunTaskCommandInput, "networkConfiguration"> =>
  definition.networkMode === "awsvpc"
    ? { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }
    : {};

const capacityOf = (
  { cluster }: Stage,
  { capacityProviderStrategy: strategy, launchType }: PlacingRequest,
): Pick<RunTaskCommandInput, "capacityProviderStrategy" | "launchType"> =>
  strategy.length === 0
    ? { launchType }
    : {
        capacityProviderStrategy: strategy.map((item) => ({
          ...item,
          capacityProvider: providerIn(cluster, item.capacityProvider),
        })),
      };

interface Answer {
  readonly tasks?: readonly Task[] | undefined;
  readonly failures?: readonly Failure[] | undefined;
}

function outcomeOf(stage: Stage, count: number, { tasks = [], failures = [] }: Answer): Outcome {
  return {
    ...NOTHING,
    placed: tasks.map(({ containerInstanceArn }) => nameOf(stage, containerInstanceArn)),
    unplaced: count - tasks.length,
    failures: Object.fromEntries(
      failures.map(({ arn, reason = "" }) => [nameOf(stage, arn), reason]),
    ),
  };
}

async function createService(
  stage: Stage,
  request: Extract<PlacingRequest, { operation: "CreateService" }>,
  taskDefinition: string,
): Promise<Outcome> {
  const { machine, cluster } = stage;
  const { service, count } = request;
  const { placementStrategy, placementConstraints } = givenRules(request);
  await machine.ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: service,
      taskDefinition,
      desiredCount: count,
      ...capacityOf(stage, request),
      placementStrategy,
      placementConstraints,
    }),
  );
  return eventually(`every task of ${service} runs or waits`, async () => {
    const tasks = await tasksOf(stage, service);
    const url = new URL(`/v1/services/${service}/explain?cluster=${cluster}`, machine.url);
    const { waiting } = (await callRest(machine.ecs, { method: "GET", url })) as ServiceExplanation;
    const unplaced = waiting.reduce((sum, each) => sum + each.count, 0);
    if (tasks.length + unplaced !== count) return undefined;
    const refusals = waiting.flatMap(({ instances }) => instances);
    const failures = refusals.map(({ containerInstanceArn: arn, reason }): Failure => ({
      arn,
      reason,
    }));
    return outcomeOf(stage, count, { tasks, failures });
  });
}

const nameOf = ({ live }: Stage, arn: string | undefined): string =>
  live.find((each) => each.arn === arn)?.name ?? "none";

async function tasksOf(
  { machine, cluster }: Stage,
  serviceName?: string,
): Promise<readonly Task[]> {
  const { taskArns = [] } = await machine.ecs.send(
    new ListTasksCommand({ cluster, ...(serviceName !== undefined && { serviceName }) }),
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await machine.ecs.send(
    new DescribeTasksCommand({ cluster, tasks: taskArns }),
  );
  return tasks;
}

/** The API says so, and the agent's engine has the containers: on that very instance. */
async function untilAllRun(stage: Stage): Promise<void> {
  await eventually("every task runs on its instance", async () => {
    const tasks = await tasksOf(stage);
    return tasks.every(({ taskArn = "", containerInstanceArn, lastStatus }) => {
      const instance = stage.live.find(({ arn }) => arn === containerInstanceArn);
      return lastStatus === "RUNNING" && instance?.engine.tasks.has(taskArn);
    });
  });
}
