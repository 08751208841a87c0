import { setAlarm } from "@berth/control-plane/rest/alarms";
import type { Alarm } from "@berth/domain/alarm";
import { beforeEach, describe, expect, test } from "vitest";
import { registerWeb, type SmallWorld, smallWorld } from "../testing/small-world.ts";
import { makePlan } from "./make-plan.ts";
import { standingAlarms } from "./standing-alarms.ts";

const ALARMS = { alarmNames: ["errors", "latency"], enable: true, rollback: true };
const DEPLOY = { updateService: { service: "web", taskDefinition: "web:2" } };

let small: SmallWorld;
beforeEach(async () => {
  small = await smallWorld();
  await small.world.call("CreateService", {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 2,
    deploymentConfiguration: { alarms: ALARMS },
  });
  await small.pass(60_000);
  await registerWeb(small.world);
});

const setErrors = async (state: Alarm["state"]) => {
  await small.world.untilAlive((context) =>
    setAlarm(context, "errors", { state, periodSeconds: 60, evaluationPeriods: 3 }),
  );
  await small.pass(1_000);
};

const plan = (
  change: Parameters<typeof makePlan>[1]["change"],
  cloudWatch: readonly Alarm[] = [],
) =>
  small.plan(async (context) => {
    const asked: (readonly string[])[] = [];
    const describe = async (names: readonly string[]) => {
      asked.push(names);
      return { alarms: cloudWatch.filter(({ name }) => names.includes(name)) };
    };
    const made = await makePlan({ ...context, alarms: { describe } }, { change, assumptions: {} });
    return { ...made, asked };
  });

describe("a plan takes it that alarms stay as they are", () => {
  test("quiet ones have the deployment bake, and complete", async () => {
    await setErrors("OK");
    const { ends, endsAfterMs, services, asked } = await plan(DEPLOY);
    expect(ends).toBe("settled");
    expect(endsAfterMs).toBeGreaterThan(180_000);
    expect(services).toMatchObject([{ taskDefinition: "web:2", rolloutState: "COMPLETED" }]);
    expect(asked).toEqual([["latency"]]);
  });

  test("one that is in ALARM has all of them ignored", async () => {
    await setErrors("ALARM");
    const { endsAfterMs, services } = await plan(DEPLOY);
    expect(endsAfterMs).toBeLessThan(60_000);
    expect(services).toMatchObject([{ taskDefinition: "web:2", rolloutState: "COMPLETED" }]);
  });

  test("also those of CloudWatch's", async () => {
    const since = small.world.scheduler.now - 1;
    const { endsAfterMs } = await plan(DEPLOY, [{ name: "latency", state: "ALARM", since }]);
    expect(endsAfterMs).toBeLessThan(60_000);
  });
});

describe("alarms are looked at", () => {
  const lookedAt = async (change: Parameters<typeof makePlan>[1]["change"]) =>
    small.plan(async (context) => {
      const asked: string[] = [];
      const describe = async (names: readonly string[]) => {
        asked.push(...names);
        return { alarms: [] };
      };
      const { items } = await context.store.services.page("default", { limit: 10 });
      await standingAlarms({ ...context, alarms: { describe } }, items, change);
      return asked;
    });

  const on = (...alarmNames: string[]) => ({
    alarms: { alarmNames, enable: true, rollback: false },
  });

  test.each([
    { name: "of the service that is changed", change: DEPLOY, names: ALARMS.alarmNames },
    {
      name: "of one that is named by its ARN",
      change: {
        updateService: { service: "arn:aws:ecs:eu-central-1:123456789012:service/default/web" },
      },
      names: ALARMS.alarmNames,
    },
    {
      name: "that the change brings",
      change: { updateService: { service: "web", deploymentConfiguration: on("others") } },
      names: ["others"],
    },
    {
      name: "of a service that is made",
      change: { createService: { serviceName: "api", deploymentConfiguration: on("others") } },
      names: ["others"],
    },
    {
      name: "of a service that is made without",
      change: { createService: { serviceName: "api" } },
      names: [],
    },
    {
      name: "not where they are off",
      change: {
        updateService: {
          service: "web",
          deploymentConfiguration: { alarms: { ...ALARMS, enable: false } },
        },
      },
      names: [],
    },
    { name: "not for other changes", change: { rebalance: "web" }, names: [] },
  ])("$name", async ({ change, names }) => {
    expect(await lookedAt(change)).toEqual(names);
  });
});
