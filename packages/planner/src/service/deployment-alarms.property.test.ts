import type { Alarm, AlarmState } from "@berth/domain/alarm";
import { ALARM_STATES } from "@berth/domain/alarm";
import { isTerminal } from "@berth/domain/service-deployment";
import { aServiceDeployment } from "@berth/testing/builders";
import { deploymentId } from "@berth/testing/service-snapshots";
import { serviceStories, serviceWorlds } from "@berth/testing/service-stories";
import type { Chapter } from "@berth/testing/service-stories";
import { happen, settle } from "@berth/testing/service-world";
import type { ServiceWorld, Step } from "@berth/testing/service-world";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { boundsOf } from "./bounds.ts";
import { watchedAlarms } from "./deployment-alarms.ts";
import { planService } from "./plan-service.ts";

const NAMES = ["errors", "latency"] as const;
const EVALUATION_MS = 3_000;
const RUNS = { numRuns: 100 };

/** What each alarm is set to within a second; nothing where nobody touches it. */
const settings = fc.record({
  errors: fc.option(fc.constantFrom(...ALARM_STATES), { nil: undefined, freq: 2 }),
  latency: fc.option(fc.constantFrom(...ALARM_STATES), { nil: undefined, freq: 2 }),
  cannotLook: fc.constantFrom(false, false, false, true),
});
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

const withAlarms = fc
  .record({
    world: serviceWorlds,
    rollback: fc.boolean(),
    errors: fc.constantFrom<AlarmState>("OK", "OK", "ALARM"),
    latency: fc.constantFrom<AlarmState>("OK", "INSUFFICIENT_DATA"),
  })
  .map(watching);

interface Watching extends Record<(typeof NAMES)[number], AlarmState> {
  readonly world: ServiceWorld;
  readonly rollback: boolean;
}

/** Its deployment begins now, and the alarms have been so for a moment. */
function watching({ world, rollback, ...states }: Watching): ServiceWorld {
  const { service, now } = world;
  const alarms = { alarmNames: NAMES, enable: true, rollback };
  const record = aServiceDeployment({ deploymentId: deploymentId(2), createdAt: now });
  return {
    ...world,
    service: {
      ...service,
      deploymentConfiguration: { ...service.deploymentConfiguration, alarms },
      serviceDeployments: [record],
    },
    alarms: {
      alarms: NAMES.map((name) => ({
        name,
        state: states[name],
        since: now - 1,
        evaluationMs: EVALUATION_MS,
      })),
    },
  };
}

function set(alarms: readonly Alarm[], given: Settings, now: number): readonly Alarm[] {
  return alarms.map((alarm) => {
    const { name, evaluationMs = 0 } = alarm;
    const state = given[name as (typeof NAMES)[number]] ?? alarm.state;
    return state === alarm.state ? alarm : { name, state, since: now, evaluationMs };
  });
}

/** What must come of the alarms as they are: written down a second time. */
function expected({ service, alarms }: ServiceWorld) {
  const red = alarms?.alarms.filter(({ state }) => state === "ALARM") ?? [];
  const beganAt = service.serviceDeployments[0]?.createdAt ?? 0;
  const isIgnored = red.some(({ since }) => since <= beganAt);
  return { isIgnored, triggered: isIgnored ? 0 : red.length };
}

function expectHeeded({ before, plan: { service } }: Step): void {
  const [record] = before.service.serviceDeployments;
  const [latest] = service.serviceDeployments;
  if (!record || watchedAlarms(before.service).length === 0) {
    // What has its verdict leaves the service.
    if (latest) expect(latest.alarms).toBe(record?.alarms);
    return;
  }
  const { isIgnored, triggered } = expected(before);
  const failed = service.deployments.find(({ id }) => id === record.deploymentId);
  expect((failed?.rolloutState ?? "FAILED") === "FAILED").toBe(triggered > 0);
  expect(latest?.alarms?.triggered ?? []).toHaveLength(triggered);
  expect(latest?.alarms?.alarmingBefore !== undefined).toBe(isIgnored);
}

/** Alarms go on while nobody can look at them. */
interface Life {
  readonly world: ServiceWorld;
  readonly alarms: readonly Alarm[];
}

function live({ world, alarms }: Life, { incidents }: Chapter, given: Settings): Life {
  const now = world.now + 1_000;
  const next = set(alarms, given, now);
  const later: ServiceWorld = {
    ...world,
    now,
    alarms: given.cannotLook ? { alarms: [], failure: "Throttling" } : { alarms: next },
    tasks: world.tasks.map((task, index) =>
      happen(task, incidents[index % incidents.length] ?? "advance", now),
    ),
  };
  return { world: settle(later, expectHeeded), alarms: next };
}

const CALM: Chapter = { incidents: ["advance"], shellDies: false, desiredCount: undefined };
const QUIET: Settings = { errors: undefined, latency: undefined, cannotLook: false };

const play = (start: ServiceWorld, story: readonly Chapter[], told: readonly Settings[]): Life => {
  let life: Life = { world: settle(start, expectHeeded), alarms: start.alarms?.alarms ?? [] };
  for (const [index, chapter] of story.entries()) life = live(life, chapter, told[index] ?? QUIET);
  return life;
};

test("what goes off during a deployment fails it, and what was red before is ignored", () => {
  fc.assert(
    fc.property(withAlarms, serviceStories, fc.array(settings), (start, story, told) => {
      play(start, story, told);
    }),
    RUNS,
  );
});

/** A rollout needs one task of leeway: in the percentages, and on the instances. */
function canRollOut({ service, slots }: ServiceWorld): boolean {
  const { desiredCount, deploymentConfiguration } = service;
  const { floor, ceiling } = boundsOf(desiredCount, deploymentConfiguration);
  const room = Math.min(ceiling, slots);
  return desiredCount === 0 || (desiredCount <= room && floor < room);
}

test("every deployment has its verdict once its alarms had their time", () => {
  fc.assert(
    fc.property(withAlarms, serviceStories, fc.array(settings), (start, story, told) => {
      let life = play(start, story, told);
      fc.pre(canRollOut(life.world));
      for (let second = 0; second < 60; second += 1) life = live(life, CALM, QUIET);
      expect(life.world.service.serviceDeployments.every(isTerminal)).toBe(true);
      expect(planService(life.world).service).toBe(life.world.service);
    }),
    RUNS,
  );
});
