import type { Alarm } from "@berth/domain/alarm";
import { anOwnAlarm, aService, aServiceDeployment } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { deploymentId, rollingOut } from "@berth/testing/service-snapshots";
import { expect, test } from "vitest";
import { lookAtAlarms, readAlarms } from "./look-at-alarms.ts";

const onCloudWatch = (name: string): Alarm => ({ name, state: "OK", since: 7 });

async function bothHomes() {
  const controlPlane = aControlPlane();
  const { store, cloudWatch } = controlPlane;
  cloudWatch.alarms = ["errors", "latency"].map(onCloudWatch);
  await store.alarms.create(
    anOwnAlarm({ name: "errors", since: 5, periodSeconds: 10, evaluationPeriods: 3 }),
  );
  return controlPlane;
}

test("Berth's own come first, and CloudWatch is asked for the others", async () => {
  const controlPlane = await bothHomes();
  expect(await lookAtAlarms(controlPlane, ["latency", "errors", "absent"])).toEqual({
    alarms: [
      { name: "errors", state: "ALARM", since: 5, evaluationMs: 30_000 },
      onCloudWatch("latency"),
    ],
  });
  expect(controlPlane.cloudWatch.asked).toEqual([["latency", "absent"]]);
});

test("CloudWatch is not asked where all are Berth's own", async () => {
  const controlPlane = await bothHomes();
  expect((await lookAtAlarms(controlPlane, ["errors"])).alarms).toHaveLength(1);
  expect(controlPlane.cloudWatch.asked).toEqual([]);
});

test("what CloudWatch does not answer takes nothing from Berth's own", async () => {
  const controlPlane = await bothHomes();
  controlPlane.cloudWatch.failure = "ThrottlingException: Rate exceeded";
  expect(await lookAtAlarms(controlPlane, ["errors", "latency"])).toMatchObject({
    alarms: [{ name: "errors" }],
    failure: "ThrottlingException: Rate exceeded",
  });
});

test("a service whose deployments are not watched costs nothing", async () => {
  const never = () => {
    throw new Error("It looks at alarms");
  };
  const { store } = aControlPlane();
  const blind = {
    store: { ...store, alarms: { ...store.alarms, findMany: never } },
    alarms: { describe: never },
  };
  const deployments = [rollingOut(1)];
  const serviceDeployments = [aServiceDeployment({ deploymentId: deploymentId(1) })];
  const plain = aService({ deployments, serviceDeployments });
  expect(await readAlarms(blind, plain)).toEqual({});
  const alarms = { alarmNames: ["errors"], enable: true, rollback: true };
  const { deploymentConfiguration } = plain;
  const watched = { ...plain, deploymentConfiguration: { ...deploymentConfiguration, alarms } };
  await expect(readAlarms(blind, watched)).rejects.toThrow("It looks at alarms");
  expect(await readAlarms(blind, { ...watched, serviceDeployments: [] })).toEqual({});
});
