import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import type { ContainerDefinition, Service, Task } from "@aws-sdk/client-ecs";
import type { Berth } from "./berth.ts";
import { eventually } from "./berth.ts";

/** Registers a revision that serves HTTP from the demo image; its page says which tag it is. */
export async function registerDemo(
  berth: Berth,
  family: string,
  tag: "1" | "2",
  members: Partial<ContainerDefinition> = {},
): Promise<string> {
  const { taskDefinition } = await berth.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [
        {
          name: "web",
          image: `berth/demo:${tag}`,
          cpu: 32,
          memory: 32,
          portMappings: [{ containerPort: 80, hostPort: 0 }],
          ...members,
        },
      ],
    }),
  );
  return `${taskDefinition?.family}:${taskDefinition?.revision}`;
}

/** It is not evened out over the zones: once it is stable, its tasks stay where they are. */
export async function createService(
  berth: Berth,
  serviceName: string,
  taskDefinition: string,
  desiredCount: number,
): Promise<void> {
  await berth.ecs.send(
    new CreateServiceCommand({
      serviceName,
      taskDefinition,
      desiredCount,
      availabilityZoneRebalancing: "DISABLED",
    }),
  );
}

export async function describeService(berth: Berth, name: string): Promise<Service> {
  const { services } = await berth.ecs.send(new DescribeServicesCommand({ services: [name] }));
  const service = services?.[0];
  if (!service) throw new Error(`service ${name} is missing`);
  return service;
}

/** Tasks of a service that should run, described. */
export async function tasksOf(berth: Berth, serviceName: string): Promise<readonly Task[]> {
  const { taskArns = [] } = await berth.ecs.send(new ListTasksCommand({ serviceName }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await berth.ecs.send(new DescribeTasksCommand({ tasks: taskArns }));
  return tasks;
}

/** Waits until the service has one deployment and runs as many tasks as it should. */
export async function stable(berth: Berth, name: string, timeoutMs?: number): Promise<Service> {
  return eventually(
    `service ${name} is stable`,
    async () => {
      const service = await describeService(berth, name);
      const isStable =
        service.deployments?.length === 1 &&
        service.deployments[0]?.rolloutState === "COMPLETED" &&
        service.runningCount === service.desiredCount;
      return isStable && service;
    },
    timeoutMs,
  );
}

export const runtimeIds = (tasks: readonly Task[]): readonly string[] =>
  tasks.flatMap((task) => task.containers?.map(({ runtimeId = "" }) => runtimeId) ?? []).toSorted();

/** Where the first published port of a task answers. */
export function addressOf(task: Task): string {
  const [binding] = task.containers?.[0]?.networkBindings ?? [];
  return `http://${binding?.bindIP}:${binding?.hostPort}/`;
}

export async function page(task: Task): Promise<string> {
  return (await fetch(addressOf(task), { signal: AbortSignal.timeout(5_000) })).text();
}
