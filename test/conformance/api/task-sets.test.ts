import * as ecs from "@aws-sdk/client-ecs";
import { lastSegment } from "@berth/domain/arn";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLAIN_INSTANCE } from "../scenario.ts";
import { play, type Stage } from "../task-sets/play.ts";
import { readTaskSetScenarios } from "../task-sets/read-scenarios.ts";
import type { TaskSetScenario } from "../task-sets/scenario.ts";
import { startInstances } from "./instances.ts";
import { type OneMachine, startOneMachine } from "./one-machine.ts";

const TIMEOUT_MS = 60_000;
const INTERVAL_MS = 100;

const COMMANDS: Readonly<
  Record<Parameters<Stage["call"]>[0], new (input: never) => ecs.ListTasksCommand>
> = {
  CreateService: asCommand(ecs.CreateServiceCommand),
  UpdateService: asCommand(ecs.UpdateServiceCommand),
  DeleteService: asCommand(ecs.DeleteServiceCommand),
  DescribeServices: asCommand(ecs.DescribeServicesCommand),
  CreateTaskSet: asCommand(ecs.CreateTaskSetCommand),
  UpdateTaskSet: asCommand(ecs.UpdateTaskSetCommand),
  DeleteTaskSet: asCommand(ecs.DeleteTaskSetCommand),
  DescribeTaskSets: asCommand(ecs.DescribeTaskSetsCommand),
  UpdateServicePrimaryTaskSet: asCommand(ecs.UpdateServicePrimaryTaskSetCommand),
  UpdateContainerInstancesState: asCommand(ecs.UpdateContainerInstancesStateCommand),
  ListTasks: ecs.ListTasksCommand,
  StopTask: asCommand(ecs.StopTaskCommand),
};

/** The client's `send` is typed for one command at a time; these are chosen by name. */
function asCommand(command: unknown): new (input: never) => ecs.ListTasksCommand {
  return command as new (input: never) => ecs.ListTasksCommand;
}

let machine: OneMachine;
beforeAll(async () => {
  machine = await startOneMachine();
  for (const image of ["one", "two"]) {
    const containerDefinitions = [{ name: "main", image, cpu: 128, memory: 128 }];
    await machine.ecs.send(
      new ecs.RegisterTaskDefinitionCommand({ family: "web", containerDefinitions }),
    );
  }
});
afterAll(async () => machine.stop());

async function playThroughApi(cluster: string, scenario: TaskSetScenario) {
  const names = Array.from({ length: scenario.instances }, (_, number) => `i${number}`);
  const given = Object.fromEntries(names.map((name) => [name, PLAIN_INSTANCE]));
  const live = await startInstances(machine, cluster, given);
  const stage: Stage = {
    cluster,
    instances: live.map(({ arn }) => lastSegment(arn)),
    call: async (operation, request) => machine.ecs.send(new COMMANDS[operation](request as never)),
    untilNone,
  };
  try {
    return await play(stage, scenario);
  } finally {
    await Promise.all(live.map(async ({ agent }) => agent.close()));
  }
}

async function untilNone(ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const end = Date.now() + TIMEOUT_MS;
  for (;;) {
    const problems = await ask();
    if (problems.length === 0 || Date.now() > end) return problems;
    await delay(INTERVAL_MS);
  }
}

const scenarios = readTaskSetScenarios().filter(({ api }) => api);

test("the sample has scenarios of every rule", () => {
  const rules = new Set(readTaskSetScenarios().map(({ rule }) => rule));
  expect(new Set(scenarios.map(({ rule }) => rule))).toEqual(rules);
});

describe("task sets through the API, with real agents", () => {
  test.concurrent.each(scenarios)("$rule: $name", async (scenario) => {
    const cluster = `task-sets-${scenarios.indexOf(scenario) + 1}`;
    expect(await playThroughApi(cluster, scenario)).toEqual([]);
  });
});
