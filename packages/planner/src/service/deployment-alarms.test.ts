import type { Alarm, AlarmLook } from "@berth/domain/alarm";
import type { DeploymentAlarms, Service } from "@berth/domain/service";
import type { AlarmWatch, ServiceDeployment } from "@berth/domain/service-deployment";
import type { Task } from "@berth/domain/task";
import { aServiceDeployment } from "@berth/testing/builders";
import {
  aServiceSnapshot,
  aServiceTask,
  brief,
  deploymentId,
  NOW,
  rollingOut,
  superseded,
} from "@berth/testing/service-snapshots";
import { describe, expect, test } from "vitest";
import { watchedAlarms } from "./deployment-alarms.ts";
import { planService } from "./plan-service.ts";

const BEGAN = NOW - 60_000;
const MINUTE_MS = 60_000;

const old = [aServiceTask(1, 1), aServiceTask(1, 2)];
const fresh = [aServiceTask(2, 3), aServiceTask(2, 4)];

const anAlarm = (overrides: Partial<Alarm> = {}): Alarm => ({
  name: "errors",
  state: "OK",
  since: 0,
  evaluationMs: MINUTE_MS,
  ...overrides,
});
const alarming = anAlarm({ state: "ALARM", since: BEGAN + 1 });

interface Given {
  readonly config?: Partial<DeploymentAlarms>;
  readonly look?: AlarmLook | undefined;
  readonly watch?: AlarmWatch;
  readonly record?: Partial<ServiceDeployment>;
  readonly service?: Partial<Service>;
  readonly tasks?: readonly Task[];
}

const aService = ({ config = {}, watch, record, service }: Given): Partial<Service> => ({
  taskDefinition: "web:2",
  deployments: [rollingOut(2), superseded(1)],
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    alarms: { alarmNames: ["errors", "latency"], enable: true, rollback: true, ...config },
  },
  serviceDeployments: [
    aServiceDeployment({
      deploymentId: deploymentId(2),
      createdAt: BEGAN,
      ...(watch && { alarms: watch }),
      ...record,
    }),
  ],
  ...service,
});

const plan = (given: Given = {}) =>
  planService(
    aServiceSnapshot({
      service: aService(given),
      tasks: given.tasks ?? fresh,
      ...("look" in given ? given.look && { alarms: given.look } : { alarms: { alarms: [] } }),
    }),
  );

const statesOf = (service: Service) =>
  service.deployments.map(({ taskDefinition, rolloutState }) => [taskDefinition, rolloutState]);

describe("an alarm that goes off", () => {
  test("has the deployment fail and the service go back", () => {
    const { service, events } = plan({ look: { alarms: [alarming] } });
    expect(service.taskDefinition).toBe("web:1");
    expect(service.deployments).toMatchObject([
      {
        status: "PRIMARY",
        rolloutState: "IN_PROGRESS",
        rolloutStateReason: `ECS deployment alarms: rolling back to deploymentId ${deploymentId(1)}.`,
      },
      {
        status: "ACTIVE",
        rolloutState: "FAILED",
        rolloutStateReason: "ECS deployment alarms: alarm detected.",
      },
    ]);
    expect(service.serviceDeployments).toMatchObject([
      {
        status: "ROLLBACK_IN_PROGRESS",
        statusReason: "Service deployment rolled back because an alarm was detected.",
        rollback: { trigger: "alarms", deploymentId: deploymentId(1), startedAt: NOW },
        alarms: { triggered: ["errors"] },
      },
    ]);
    expect(events).toEqual([
      `(service web) (deployment ${deploymentId(2)}) deployment failed: alarm detected.`,
      `(service web) rolling back to deployment ${deploymentId(1)}.`,
    ]);
  });

  test("has it fail and stay where a rollback was not asked for", () => {
    const { service, starts } = plan({
      look: { alarms: [alarming] },
      config: { rollback: false },
      tasks: [...old, ...fresh.slice(0, 1)],
    });
    expect(statesOf(service)).toEqual([
      ["web:2", "FAILED"],
      ["web:1", "COMPLETED"],
    ]);
    expect(starts).toEqual([]);
    expect(service.serviceDeployments).toMatchObject([
      {
        status: "STOPPED",
        statusReason: "Service deployment stopped because an alarm was detected.",
        alarms: { triggered: ["errors"] },
      },
    ]);
  });

  test("finds nothing to go back to in a new service", () => {
    const { service } = plan({
      look: { alarms: [alarming] },
      service: { taskDefinition: "web:1", deployments: [rollingOut(1)] },
      record: { deploymentId: deploymentId(1) },
    });
    expect(service.serviceDeployments).toMatchObject([{ status: "ROLLBACK_FAILED" }]);
  });

  test("counts while the deployment bakes", () => {
    const bakingSince = NOW - 1;
    const { service } = plan({ look: { alarms: [alarming] }, watch: { bakingSince } });
    expect(service.serviceDeployments).toMatchObject([
      { status: "ROLLBACK_IN_PROGRESS", alarms: { bakingSince, triggered: ["errors"] } },
    ]);
  });

  test("is named with the others that did, in the order of the deployment", () => {
    const latency = { ...alarming, name: "latency" };
    const { service } = plan({ look: { alarms: [latency, alarming] } });
    expect(service.serviceDeployments[0]?.alarms?.triggered).toEqual(["errors", "latency"]);
  });

  test("comes after what the circuit breaker found", () => {
    const deploymentCircuitBreaker = { enable: true, rollback: true };
    const given = aService({});
    const { service } = plan({
      look: { alarms: [alarming] },
      service: {
        deployments: [rollingOut(2, { failedTasks: 3, lastFailedAt: NOW }), superseded(1)],
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          ...given.deploymentConfiguration,
          deploymentCircuitBreaker,
        },
      },
      tasks: old,
    });
    expect(service.serviceDeployments[0]?.rollback?.trigger).toBe("circuitBreaker");
  });
});

describe("an alarm that says nothing", () => {
  test.each([
    { name: "is OK", look: { alarms: [anAlarm()] } },
    {
      name: "has no data",
      look: { alarms: [anAlarm({ state: "INSUFFICIENT_DATA", since: NOW })] },
    },
    { name: "is not there", look: { alarms: [] } },
    { name: "is another one", look: { alarms: [{ ...alarming, name: "others" }] } },
    { name: "could not be looked at", look: { alarms: [], failure: "Throttling" } },
    { name: "was not looked at", look: undefined },
  ])("and $name leaves the deployment to go on", ({ look }) => {
    const going = plan({ look, tasks: old });
    expect(statesOf(going.service)[0]).toEqual(["web:2", "IN_PROGRESS"]);
    expect(brief(going)).toEqual(["start 2"]);
    expect(going.wakeAt).toBe(NOW + 10_000);
  });
});

describe("an alarm that was in ALARM when the deployment began", () => {
  const before = anAlarm({ state: "ALARM", since: BEGAN });

  test("has all of them ignored, and the deployment complete at once", () => {
    const look = { alarms: [before, { ...alarming, name: "latency" }] };
    const { service } = plan({ look });
    expect(statesOf(service)).toEqual([["web:2", "COMPLETED"]]);
    expect(service.serviceDeployments).toMatchObject([
      { status: "SUCCESSFUL", alarms: { alarmingBefore: ["errors"] } },
    ]);
  });

  test("is remembered, so that nothing looks any more", () => {
    const watch = { alarmingBefore: ["errors"] };
    const { service, wakeAt } = plan({ watch, look: { alarms: [alarming] }, tasks: old });
    expect(statesOf(service)[0]).toEqual(["web:2", "IN_PROGRESS"]);
    expect(service.serviceDeployments[0]?.alarms).toBe(watch);
    expect(wakeAt).toBeUndefined();
  });
});

describe("the bake time", () => {
  test.each([
    {
      name: "the slowest alarm",
      look: [anAlarm(), anAlarm({ name: "latency", evaluationMs: 9 })],
      ms: MINUTE_MS,
    },
    { name: "no alarm", look: [], ms: 0 },
    {
      name: "one that tells no time",
      look: [{ name: "errors", state: "OK" as const, since: 0 }],
      ms: 300_000,
    },
    { name: "an hour, cut short", look: [anAlarm({ evaluationMs: 3_600_000 })], ms: 300_000 },
    { name: "alarms of others", look: [anAlarm({ name: "others" })], ms: 0 },
  ])("is that of $name", ({ look: alarms, ms }) => {
    const stateAfter = (bakingMs: number) => {
      const watch = { bakingSince: NOW - bakingMs };
      return statesOf(plan({ watch, look: { alarms } }).service)[0]?.[1];
    };
    expect(stateAfter(ms)).toBe("COMPLETED");
    expect(stateAfter(ms - 1)).toBe("IN_PROGRESS");
  });

  test("begins when all tasks are healthy, and is looked into every ten seconds", () => {
    const { service, wakeAt } = plan({ look: { alarms: [anAlarm()] } });
    expect(service.serviceDeployments[0]?.alarms).toEqual({ bakingSince: NOW });
    expect(wakeAt).toBe(NOW + 10_000);
  });

  test("does not begin where there is no alarm to wait for", () => {
    const { service } = plan({ look: { alarms: [] } });
    expect(statesOf(service)).toEqual([["web:2", "COMPLETED"]]);
    expect(service.serviceDeployments[0]).not.toHaveProperty("alarms");
  });

  test("is the longest while nobody can look, and what it is as soon as somebody can", () => {
    const watch = { bakingSince: NOW - 2 * MINUTE_MS };
    const blind = plan({ watch, look: { alarms: [anAlarm()], failure: "Throttling" } });
    expect(statesOf(blind.service)[0]?.[1]).toBe("IN_PROGRESS");
    expect(blind.service.serviceDeployments[0]?.alarms).toBe(watch);
    const seeing = plan({ watch, look: { alarms: [anAlarm()] } });
    expect(statesOf(seeing.service)[0]?.[1]).toBe("COMPLETED");
  });

  test("keeps the deployment that came before, and the service from being steady", () => {
    const { service, events } = plan({ look: { alarms: [anAlarm()] } });
    expect(service.deployments).toHaveLength(2);
    expect(service.steady).toBe(false);
    expect(events).toEqual([]);
  });

  test("is not begun anew", () => {
    const watch = { bakingSince: NOW - MINUTE_MS + 3_000 };
    const { service, wakeAt } = plan({ watch, look: { alarms: [anAlarm()] } });
    expect(service.serviceDeployments[0]?.alarms).toBe(watch);
    expect(wakeAt).toBe(NOW + 3_000);
  });

  test("completes the deployment when it is over", () => {
    const watch = { bakingSince: NOW - MINUTE_MS };
    const { service, events } = plan({ watch, look: { alarms: [anAlarm()] } });
    expect(statesOf(service)).toEqual([["web:2", "COMPLETED"]]);
    expect(events[0]).toContain("deployment completed.");
  });

  test("completes it in the end also where nobody ever could look", () => {
    const watch = { bakingSince: NOW - 5 * MINUTE_MS };
    const { service } = plan({ watch, look: { alarms: [], failure: "down" } });
    expect(statesOf(service)).toEqual([["web:2", "COMPLETED"]]);
  });

  test("does not complete what has lost a task since", () => {
    const look = { alarms: [anAlarm()] };
    const { service } = plan({ watch: { bakingSince: 0 }, look, tasks: fresh.slice(0, 1) });
    expect(statesOf(service)[0]).toEqual(["web:2", "IN_PROGRESS"]);
  });

  test("ends with the alarms: who switches them off waits no longer", () => {
    const { service } = plan({ watch: { bakingSince: NOW }, config: { enable: false } });
    expect(statesOf(service)).toEqual([["web:2", "COMPLETED"]]);
  });
});

describe("alarms are watched", () => {
  const names = ["errors", "latency"];
  const rollback = { trigger: "user" as const, reason: "", startedAt: 0 };
  test.each<{ name: string; given: Given; watched: readonly string[] }>([
    { name: "while the deployment is in progress", given: {}, watched: names },
    { name: "not where they are off", given: { config: { enable: false } }, watched: [] },
    { name: "not in the way back", given: { record: { rollback } }, watched: [] },
    { name: "not after the verdict", given: { record: { status: "SUCCESSFUL" } }, watched: [] },
    { name: "not once they have spoken", given: { watch: { triggered: ["errors"] } }, watched: [] },
    {
      name: "not where one was in ALARM before",
      given: { watch: { alarmingBefore: ["errors"] } },
      watched: [],
    },
    {
      name: "not where the record is of another deployment",
      given: { record: { deploymentId: deploymentId(1) } },
      watched: [],
    },
    {
      name: "not of a service that is being deleted",
      given: { service: { status: "DRAINING" } },
      watched: [],
    },
    { name: "not without a record", given: { service: { serviceDeployments: [] } }, watched: [] },
  ])("$name", ({ given, watched }) => {
    expect(watchedAlarms(aServiceSnapshot({ service: aService(given) }).service)).toEqual(watched);
  });
});
