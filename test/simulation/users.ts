import { rebalanceService } from "@berth/control-plane/rest/rebalance-service";
import { serviceDeploymentArn } from "@berth/domain/arn";
import { serviceGroup } from "@berth/domain/task";
import { BROKEN_IMAGE, CRASHING_IMAGE, GOOD_IMAGE, ONE_OFF_IMAGE, SICK_IMAGE } from "./images.ts";
import { nowAndThen } from "./now-and-then.ts";
import { isRefusal } from "@berth/simulator/world/refusal";
import type { World } from "@berth/simulator/world/world";

const SERVICES = ["web", "api"];
/** Only such as leave room to roll even a single task. */
const PERCENTAGES = [
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 200 },
  { minimumHealthyPercent: 0, maximumPercent: 150 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
];

/** What the users of one world care about. */
interface Habits {
  /** Tasks of `web` have a health check. */
  readonly isChecked: boolean;
  /** Deployments of `web` are watched by the circuit breaker. */
  readonly isWatched: boolean;
}

/** Sets services up and then changes them, each now and then, while `awake`. */
export async function setUpServices(world: World): Promise<Habits> {
  const { random } = world;
  const habits = { isChecked: random.chance(0.5), isWatched: random.chance(0.5) };
  await register(world, "web", GOOD_IMAGE, { isChecked: habits.isChecked });
  await register(world, "api", GOOD_IMAGE, { hostPort: random.chance(0.3) ? 8080 : 0 });
  await register(world, "logs", GOOD_IMAGE);
  await register(world, "batch", ONE_OFF_IMAGE);
  for (const serviceName of SERVICES) {
    const desiredCount = serviceName === "api" ? 2 : random.between(1, 5);
    await world.call("CreateService", {
      serviceName,
      taskDefinition: serviceName,
      desiredCount,
      clientToken: `create-${serviceName}`,
      ...(serviceName === "web" && { placementStrategy: [...(random.pick(STRATEGIES) ?? [])] }),
      deploymentConfiguration: {
        ...random.pick(PERCENTAGES),
        ...(serviceName === "web" && habits.isWatched && watched(world)),
      },
    });
  }
  await world.call("CreateService", {
    serviceName: "logs",
    taskDefinition: "logs",
    schedulingStrategy: "DAEMON",
    deploymentConfiguration: {
      minimumHealthyPercent: random.pick([0, 50]),
      maximumPercent: 100,
    },
  });
  return habits;
}

const STRATEGIES = [
  [],
  [{ type: "spread", field: "attribute:ecs.availability-zone" }],
  [{ type: "binpack", field: "memory" }],
  [{ type: "random" }],
] as const;

const watched = ({ random }: World) => ({
  deploymentCircuitBreaker: {
    enable: true,
    rollback: random.chance(0.7),
    ...(random.chance(0.3) && {
      thresholdConfiguration: { type: "COUNT" as const, value: random.between(1, 4) },
    }),
    ...(random.chance(0.3) && { resetOnHealthyTask: false }),
  },
});

/** People and pipelines. */
export function users(world: World, { isChecked, isWatched }: Habits, awake: () => boolean): void {
  const { random } = world;
  const actions = [
    async () => {
      const desiredCount = random.between(1, 6);
      await world.call("UpdateService", { service: "web", desiredCount });
    },
    async () => {
      // What crashes after it ran would come up for ever where nobody watches.
      const faulty = [
        BROKEN_IMAGE,
        ...(isChecked ? [SICK_IMAGE] : []),
        ...(isWatched ? [CRASHING_IMAGE] : []),
      ];
      const image = random.chance(0.4) ? (random.pick(faulty) ?? GOOD_IMAGE) : GOOD_IMAGE;
      await register(world, "web", image, { isChecked });
      await world.call("UpdateService", { service: "web", taskDefinition: "web" });
    },
    async () => {
      const service = random.pick(["api", "logs"]) ?? "api";
      await world.call("UpdateService", { service, forceNewDeployment: true });
    },
    async () => {
      const clientToken = random.hex(16);
      await world.call("RunTask", { taskDefinition: "batch", count: 2, clientToken });
    },
    async () => drainForAWhile(world),
    async () => world.untilAlive((context) => rebalanceService(context, { service: "web" })),
    async () => {
      const victim = await aTaskOf(world, random.pick(["web", "logs"]) ?? "web");
      if (victim) await world.call("StopTask", { task: victim, reason: "asked for" });
    },
    async () => {
      const task = await aTaskOf(world, "web");
      if (!task) return;
      const protectionEnabled = random.chance(0.7);
      const protection = { cluster: "default", tasks: [task], protectionEnabled };
      await world.call("UpdateTaskProtection", { ...protection, expiresInMinutes: 1 });
    },
    async () => {
      const service = await world.truth.services.find("default", "web");
      const [latest] = service?.serviceDeployments ?? [];
      if (!service || !latest) return;
      await world.call("StopServiceDeployment", {
        serviceDeploymentArn: serviceDeploymentArn(world.scope, service, latest.id),
      });
    },
  ];
  // A refusal (no capacity, a race with another user) is an answer, not a fault.
  const act = async () => random.pick(actions)?.().catch(ignoreRefusal);
  nowAndThen(world, { pause: [3_000, 20_000], awake, act });
}

async function drainForAWhile(world: World): Promise<void> {
  const agent = world.random.pick(world.agents);
  if (!agent) return;
  const change = (status: "DRAINING" | "ACTIVE") =>
    world.call("UpdateContainerInstancesState", { containerInstances: [agent.id], status });
  await change("DRAINING");
  await world.scheduler.delay(world.random.between(1_000, 30_000));
  await change("ACTIVE");
}

async function aTaskOf(world: World, service: string): Promise<string | undefined> {
  const tasks = await world.truth.tasks.ofGroup("default", serviceGroup(service));
  return world.random.pick(tasks)?.id;
}

async function register(
  world: World,
  family: string,
  image: string,
  { hostPort = 0, isChecked = false } = {},
): Promise<void> {
  await world.call("RegisterTaskDefinition", {
    family,
    containerDefinitions: [
      {
        name: "main",
        image,
        cpu: 128,
        memory: 128,
        portMappings: [{ containerPort: 80, hostPort }],
        ...(isChecked && { healthCheck: { command: ["CMD", "true"] } }),
      },
    ],
  });
}

/** A refusal is an answer, a fault is not. */
export function ignoreRefusal(error: unknown): void {
  if (!isRefusal(error)) throw error;
}
