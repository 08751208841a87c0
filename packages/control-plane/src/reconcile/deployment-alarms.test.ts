import type { Alarm } from "@berth/domain/alarm";
import type { Task } from "@berth/domain/task";
import { serviceGroup } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { createService } from "../commands/create-service.ts";
import { describeServiceDeployments } from "../commands/describe-service-deployments.ts";
import { listServiceDeployments } from "../commands/list-service-deployments.ts";
import { updateService } from "../commands/update-service.ts";
import { setAlarm } from "../rest/alarms.ts";
import { explainService } from "../rest/explain-service.ts";
import { reconcileService } from "./service.ts";

const ALARMS = { alarmNames: ["errors", "latency"], enable: true, rollback: true };
const WAKE = { kind: "service", cluster: "default", service: "web" };

/** The service `web` at rest with its first revision, whose second deployments are watched. */
async function aWatchedService() {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {
    definitions: [1, 2].map((revision) => aTaskDefinition({ revision })),
  });
  const { store, cloudWatch } = controlPlane;
  await createService(controlPlane, {
    serviceName: "web",
    taskDefinition: "web:1",
    desiredCount: 1,
  });
  /** Time passes, and agents do as they are told. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 3_000) {
      controlPlane.advance(Math.min(left, 3_000));
      await reconcileService(controlPlane, "default", "web");
      for (const task of await store.tasks.ofGroup("default", serviceGroup("web"))) {
        await store.tasks.replace(asTold(task, controlPlane.now()));
      }
    }
  };
  await pass(15_000);
  const onCloudWatch = (state: Alarm["state"]) => {
    const evaluationMs = 30_000;
    cloudWatch.alarms = [{ name: "latency", state, since: controlPlane.now(), evaluationMs }];
  };
  onCloudWatch("OK");
  await setAlarm(controlPlane, "errors", { state: "OK" });
  controlPlane.advance(1);
  return {
    controlPlane,
    cloudWatch,
    pass,
    onCloudWatch,
    deploy: () =>
      updateService(controlPlane, {
        service: "web",
        taskDefinition: "web:2",
        deploymentConfiguration: { alarms: ALARMS },
      }),
    service: async () => store.services.find("default", "web"),
    latest: async () => {
      const { serviceDeployments: listed = [] } = await listServiceDeployments(controlPlane, {
        service: "web",
      });
      const serviceDeploymentArns = [listed[0]?.serviceDeploymentArn ?? ""];
      const described = await describeServiceDeployments(controlPlane, { serviceDeploymentArns });
      return described.serviceDeployments?.[0];
    },
    notes: async () => {
      const { progress } = await explainService(controlPlane, { service: "web" });
      return progress.filter(({ kind }) => kind === "alarm" || kind === "baking");
    },
  };
}

const asTold = (task: Stored<Task>, now: number): Stored<Task> =>
  task.desiredStatus === "STOPPED"
    ? { ...task, lastStatus: "STOPPED", stoppedAt: now }
    : { ...task, lastStatus: "RUNNING", startedAt: task.startedAt ?? now };

let watched: Awaited<ReturnType<typeof aWatchedService>>;
beforeEach(async () => {
  watched = await aWatchedService();
});

describe("a watched deployment", () => {
  test("bakes for as long as its slowest alarm takes, and is complete then", async () => {
    const { pass, deploy, latest, service } = watched;
    await deploy();
    await pass(15_000);
    expect(await latest()).toMatchObject({
      status: "IN_PROGRESS",
      alarms: { status: "MONITORING", alarmNames: ALARMS.alarmNames },
    });
    expect((await service())?.deployments).toHaveLength(2);
    await pass(60_000);
    expect(await latest()).toMatchObject({
      status: "SUCCESSFUL",
      alarms: { status: "MONITORING_COMPLETE", alarmNames: ALARMS.alarmNames },
    });
    expect((await service())?.deployments).toMatchObject([{ rolloutState: "COMPLETED" }]);
  });

  test.each([
    ["an alarm of Berth's own", "errors"],
    ["an alarm of CloudWatch's", "latency"],
  ])("goes back where %s goes off while it bakes", async (_, name) => {
    const { controlPlane, pass, deploy, latest, service, onCloudWatch } = watched;
    await deploy();
    await pass(15_000);
    if (name === "errors") await setAlarm(controlPlane, name, { state: "ALARM" });
    else onCloudWatch("ALARM");
    await pass(15_000);
    expect((await service())?.taskDefinition).toBe("web:1");
    expect(await latest()).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      statusReason: "Service deployment rolled back because an alarm was detected.",
      alarms: {
        status: "TRIGGERED",
        alarmNames: ALARMS.alarmNames,
        triggeredAlarmNames: [name],
      },
      rollback: { reason: "Service deployment rolled back because an alarm was detected." },
    });
  });

  test("has all its alarms ignored where one was in ALARM before", async () => {
    const { controlPlane, pass, deploy, latest, notes } = watched;
    await setAlarm(controlPlane, "errors", { state: "ALARM" });
    controlPlane.advance(1);
    await deploy();
    await pass(3_000);
    expect(await notes()).toMatchObject([
      { text: expect.stringContaining("alarm errors was in ALARM already") as string },
    ]);
    await pass(12_000);
    expect(await latest()).toMatchObject({
      status: "SUCCESSFUL",
      alarms: { status: "DISABLED", alarmNames: ALARMS.alarmNames },
    });
  });

  test("goes on where CloudWatch does not answer, says so, and heeds it once it does", async () => {
    const { controlPlane, cloudWatch, pass, deploy, latest, notes, onCloudWatch } = watched;
    cloudWatch.failure = "ThrottlingException: Rate exceeded";
    await deploy();
    await pass(15_000);
    expect(await latest()).toMatchObject({ status: "IN_PROGRESS" });
    expect((await notes()).map(({ text }) => text)).toEqual([
      "Its tasks are all healthy, and it bakes: it is complete afterwards, unless an alarm goes off.",
      "Alarm errors is OK: should it go to ALARM, the deployment fails and is rolled back.",
      "CloudWatch's alarms are not to be seen (ThrottlingException: Rate exceeded): the deployment goes on without them until they are.",
    ]);
    onCloudWatch("ALARM");
    cloudWatch.failure = undefined;
    controlPlane.advance(1);
    await pass(15_000);
    expect(await latest()).toMatchObject({ alarms: { triggeredAlarmNames: ["latency"] } });
  });

  test("is looked at again after some seconds, with one message and one mark", async () => {
    const { controlPlane, pass, deploy, service } = watched;
    await deploy();
    await pass(15_000);
    controlPlane.wakes.length = 0;
    const before = await service();
    await reconcileService(controlPlane, "default", "web");
    await reconcileService(controlPlane, "default", "web");
    expect(await service()).toEqual(before);
    await pass(12_000);
    const timers = controlPlane.wakes.filter(({ timing }) => timing.kind === "after");
    expect(timers.length).toBeGreaterThanOrEqual(1);
    expect(timers.length).toBeLessThanOrEqual(2);
    expect(timers[0]).toEqual({ message: WAKE, timing: { kind: "after", seconds: 10 } });
    expect((await service())?.due).toBeLessThanOrEqual(controlPlane.now() + 10_000);
  });

  test("that is complete costs nothing any more", async () => {
    const { cloudWatch, pass, deploy } = watched;
    await deploy();
    await pass(90_000);
    cloudWatch.asked.length = 0;
    await pass(15_000);
    expect(cloudWatch.asked).toEqual([]);
  });
});

test("a deployment with an alarm that nobody has is told of it", async () => {
  const { controlPlane, notes, deploy, pass, cloudWatch } = watched;
  cloudWatch.alarms = [];
  await deploy();
  controlPlane.advance(1);
  expect((await notes()).map(({ text }) => text)).toContain(
    "There is no alarm latency, so it says nothing.",
  );
  await pass(3_000);
});
