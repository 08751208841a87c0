import { serviceGroup } from "@berth/domain/task";
import { aContainerDefinition, aTaskDefinition, aSession } from "@berth/testing/builders";
import { aServiceRequest } from "@berth/testing/command-set-up";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { createService } from "../commands/create-service.ts";
import { submitTaskStateChange } from "../commands/submit-task-state-change.ts";
import { updateService } from "../commands/update-service.ts";
import { reconcileService } from "../reconcile/service.ts";

const FIRST = "sha256:first";

async function aPlane(versionConsistency?: "enabled" | "disabled"): Promise<TestControlPlane> {
  let ids = 0;
  const randomHex = (digits: number) =>
    String((ids += 1))
      .padStart(4, "0")
      .padEnd(digits, "0")
      .slice(0, digits);
  const plane = aControlPlane({ randomHex });
  const container = aContainerDefinition({
    name: "web",
    image: "r.io/web:1",
    cpu: 1,
    memory: 6,
    ...(versionConsistency && { versionConsistency }),
  });
  const definition = aTaskDefinition({ containerDefinitions: [container] });
  await setUpCluster(plane, { definitions: [definition] });
  const [connectionId, leaseUntil] = ["c1", plane.now() + 1e9];
  await plane.store.sessions.create(
    aSession({ connectionId, greetedConnectionId: connectionId, leaseUntil }),
  );
  await createService(plane, aServiceRequest({ desiredCount: 1 }));
  await reconcileService(plane, "default", "web");
  return plane;
}

const tasksOf = ({ store }: TestControlPlane) =>
  store.tasks.ofGroup("default", serviceGroup("web"));

/** Its only task tells what it runs. */
async function tellDigest(plane: TestControlPlane): Promise<void> {
  const [task] = await tasksOf(plane);
  await submitTaskStateChange(plane, {
    cluster: "default",
    task: task?.id,
    status: "RUNNING",
    containers: [{ containerName: "web", status: "RUNNING", imageDigest: FIRST }],
  });
}

/** The image of the task that is told to an agent last. */
function lastImage({ pushed }: TestControlPlane): string | undefined {
  const message = pushed.at(-1)?.message;
  if (message?.type !== "PayloadMessage") return undefined;
  return message.message.tasks.at(-1)?.containers[0]?.image;
}

async function startAnother(plane: TestControlPlane, changes: object): Promise<string | undefined> {
  plane.advance(1_000);
  await updateService(plane, { service: "web", desiredCount: 2, ...changes });
  await reconcileService(plane, "default", "web");
  return lastImage(plane);
}

test("the first task of a deployment finds out what the tag means, the others run the same", async () => {
  const plane = await aPlane();
  expect(lastImage(plane)).toBe("r.io/web:1");
  await tellDigest(plane);
  expect(await startAnother(plane, {})).toBe(`r.io/web@${FIRST}`);
});

test("another deployment asks anew", async () => {
  const plane = await aPlane();
  await tellDigest(plane);
  expect(await startAnother(plane, { forceNewDeployment: true })).toBe("r.io/web:1");
});

test("nothing is pinned before it is known, nor where that is off", async () => {
  expect(await startAnother(await aPlane(), {})).toBe("r.io/web:1");
  const loose = await aPlane("disabled");
  await tellDigest(loose);
  expect(await startAnother(loose, {})).toBe("r.io/web:1");
});
