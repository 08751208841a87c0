import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import { serviceGroup } from "@berth/domain/task";
import type { Stored } from "@berth/store/store";
import { aTaskDefinition } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { createService } from "../commands/create-service.ts";
import { deleteService } from "../commands/delete-service.ts";
import { describeServiceDeployments } from "../commands/describe-service-deployments.ts";
import { describeServiceRevisions } from "../commands/describe-service-revisions.ts";
import { listServiceDeployments } from "../commands/list-service-deployments.ts";
import { updateService } from "../commands/update-service.ts";
import { reconcileService } from "./service.ts";

async function aService() {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {
    definitions: [1, 2, 3].map((revision) => aTaskDefinition({ revision })),
  });
  const { store } = controlPlane;
  await createService(controlPlane, {
    serviceName: "web",
    taskDefinition: "web:1",
    desiredCount: 1,
  });
  const reconcile = () => reconcileService(controlPlane, "default", "web");
  /** What agents would report: all do as they are told. */
  const obey = async () => {
    for (let round = 0; round < 6; round += 1) {
      controlPlane.advance(3_000);
      await reconcile();
      for (const task of await store.tasks.ofGroup("default", serviceGroup("web"))) {
        await store.tasks.replace(asTold(task, controlPlane.now()));
      }
    }
  };
  const update = (taskDefinition: string) => {
    controlPlane.advance(1);
    return updateService(controlPlane, { service: "web", taskDefinition });
  };
  const statuses = async () => {
    const { serviceDeployments } = await listServiceDeployments(controlPlane, { service: "web" });
    return serviceDeployments?.map(({ status }) => status);
  };
  return { controlPlane, store, reconcile, obey, update, statuses };
}

const asTold = (task: Stored<Task>, now: number): Stored<Task> =>
  task.desiredStatus === "STOPPED"
    ? { ...task, lastStatus: "STOPPED", stoppedAt: now }
    : { ...task, lastStatus: "RUNNING", startedAt: task.startedAt ?? now };

test("every service deployment has its record, also after many", async () => {
  const { controlPlane, obey, update, statuses, store } = await aService();
  expect(await statuses()).toEqual(["PENDING"]);
  await obey();
  await update("web:2");
  await obey();
  await update("web:3");
  expect(await statuses()).toEqual(["PENDING", "SUCCESSFUL", "SUCCESSFUL"]);
  await obey();
  const { serviceDeployments = [] } = await listServiceDeployments(controlPlane, {
    service: "web",
  });
  const described = await describeServiceDeployments(controlPlane, {
    serviceDeploymentArns: serviceDeployments.map((each) => each.serviceDeploymentArn ?? ""),
  });
  expect(described.serviceDeployments?.map((each) => each.status)).toEqual(
    Array(3).fill("SUCCESSFUL"),
  );
  const revisions = await describeServiceRevisions(controlPlane, {
    serviceRevisionArns: serviceDeployments.map((each) => each.targetServiceRevisionArn ?? ""),
  });
  expect(revisions.serviceRevisions?.map((each) => each.taskDefinition)).toEqual(
    [3, 2, 1].map((revision) => expect.stringMatching(`web:${revision}$`)),
  );
  const service = (await store.services.find("default", "web")) as Service;
  expect(service.serviceDeployments.length).toBeLessThanOrEqual(1);
});

test("revisions that nothing is made from any more go after a while", async () => {
  const { controlPlane, obey, update, store } = await aService();
  await obey();
  await update("web:2");
  await obey();
  const { serviceDeployments = [] } = await listServiceDeployments(controlPlane, {
    service: "web",
  });
  controlPlane.advance(controlPlane.settings.historyMs + 1_000);
  const known = await store.serviceRevisions.findMany(
    { cluster: "default", name: "web" },
    serviceDeployments.map(({ targetServiceRevisionArn = "" }) =>
      targetServiceRevisionArn.slice(targetServiceRevisionArn.lastIndexOf("/") + 1),
    ),
  );
  expect(known.map(({ taskDefinition }) => taskDefinition)).toEqual(["web:2"]);
});

test("one that is superseded before it began has its record and its revision too", async () => {
  const { controlPlane, obey, update, statuses } = await aService();
  await obey();
  await update("web:2");
  await update("web:3");
  await obey();
  expect(await statuses()).toEqual(["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]);
  const { serviceDeployments = [] } = await listServiceDeployments(controlPlane, {
    service: "web",
  });
  const { failures } = await describeServiceRevisions(controlPlane, {
    serviceRevisionArns: serviceDeployments.map((each) => each.targetServiceRevisionArn ?? ""),
  });
  expect(failures).toEqual([]);
});

test("a service made anew has no past", async () => {
  const { controlPlane, obey, statuses } = await aService();
  await obey();
  await deleteService(controlPlane, { service: "web", force: true });
  await obey();
  await createService(controlPlane, {
    serviceName: "web",
    taskDefinition: "web:2",
    desiredCount: 1,
  });
  expect(await statuses()).toEqual(["PENDING"]);
});
