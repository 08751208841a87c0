import type { DeploymentCircuitBreaker } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import * as fc from "fast-check";
import { aServiceDeployment } from "./builders.ts";
import {
  aServiceSnapshot,
  aServiceTask,
  NOW,
  rollingOut,
  superseded,
  withHealth,
} from "./service-snapshots.ts";
import type { Incident, ServiceWorld } from "./service-world.ts";

/** Small numbers on purpose: ties and edges are where the faults are. */
const traits = fc.record({
  revision: fc.constantFrom(1, 2),
  status: fc.constantFrom(
    "PENDING" as const,
    "RUNNING" as const,
    "RUNNING" as const,
    "STOPPING" as const,
    "STOPPED" as const,
  ),
  isToldToStop: fc.constantFrom(false, false, true),
  draining: fc.constantFrom(false, false, true),
  health: fc.constantFrom("HEALTHY" as const, "HEALTHY" as const, "UNHEALTHY" as const),
  zone: fc.constantFrom("a", "b"),
  createdAt: fc.integer({ min: 0, max: 3 }),
});

function toTask(given: Traits, index: number): Task {
  const task = aServiceTask(given.revision, index + 1, given.status, {
    draining: given.draining,
    availabilityZone: given.zone,
    createdAt: given.createdAt,
    ...(given.status === "STOPPED" && { stoppedAt: NOW - given.createdAt }),
    ...(given.isToldToStop && { desiredStatus: "STOPPED" as const }),
  });
  return withHealth(task, given.health);
}

const circumstances = fc.record({
  tasks: fc.array(traits, { maxLength: 8 }),
  desiredCount: fc.integer({ min: 0, max: 5 }),
  minimumHealthyPercent: fc.constantFrom(0, 50, 66, 100),
  maximumPercent: fc.constantFrom(100, 125, 150, 200),
  slots: fc.integer({ min: 2, max: 7 }),
  isChecked: fc.boolean(),
  isEven: fc.boolean(),
  healthyAfterMs: fc.constantFrom(0, 1500),
});

type Traits = typeof traits extends fc.Arbitrary<infer T> ? T : never;
type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;

function toWorld(given: Circumstances, breaker?: DeploymentCircuitBreaker): ServiceWorld {
  const { desiredCount, minimumHealthyPercent, maximumPercent, healthyAfterMs } = given;
  const snapshot = aServiceSnapshot({
    service: {
      desiredCount,
      taskDefinition: "web:2",
      deployments: [rollingOut(2), superseded(1)],
      deploymentConfiguration: {
        minimumHealthyPercent,
        maximumPercent,
        ...(breaker && { deploymentCircuitBreaker: breaker }),
      },
      serviceDeployments: [aServiceDeployment({ deploymentId: rollingOut(2).id })],
      availabilityZoneRebalancing: given.isEven ? "ENABLED" : "DISABLED",
    },
    zones: ["a", "b"],
    tasks: given.tasks.map(toTask),
    checkedContainers: given.isChecked ? { "web:1": ["main"], "web:2": ["main"] } : {},
    settings: {
      healthyAfterMs,
      provenAfterMs: 1500,
      throttleFirstDelayMs: 1000,
      throttleMaxDelayMs: 4000,
    },
  });
  return { ...snapshot, slots: given.slots, nextNumber: 100 };
}

/** Services in the midst of a rollout, their tasks in any state. */
export const serviceWorlds: fc.Arbitrary<ServiceWorld> = circumstances.map((given) =>
  toWorld(given),
);

/** The same where too many failures end the deployment. */
export const watchedServiceWorlds: fc.Arbitrary<ServiceWorld> = fc
  .record({
    circumstances,
    breaker: fc.record({
      enable: fc.constant(true),
      rollback: fc.boolean(),
      resetOnHealthyTask: fc.boolean(),
      thresholdConfiguration: fc.record({
        type: fc.constant("COUNT" as const),
        value: fc.integer({ min: 1, max: 4 }),
      }),
    }),
  })
  .map((given) => toWorld(given.circumstances, given.breaker));

/** What happens within a second: to each task in turn, to the shell, and to the desired count. */
export interface Chapter {
  readonly incidents: readonly Incident[];
  /** It dies when it has written the service, and neither ordered nor archived anything. */
  readonly shellDies: boolean;
  readonly desiredCount: number | undefined;
}

const chapters: fc.Arbitrary<Chapter> = fc.record({
  incidents: fc.array(
    fc.constantFrom<Incident>(
      "advance",
      "advance",
      "nothing",
      "fail",
      "exit",
      "sicken",
      "drain",
      "protect",
      "stop",
    ),
    { minLength: 1, maxLength: 5 },
  ),
  shellDies: fc.boolean(),
  desiredCount: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 3 }),
});

/** What befalls a service, second by second. */
export const serviceStories = fc.array(chapters, { maxLength: 12 });
