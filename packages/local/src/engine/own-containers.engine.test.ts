import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dataDirectory } from "../data-directory.ts";
import { engineAddresses, engineClient, findEngine } from "./find-engine.ts";
import { prepareDemoImages } from "./demo-image.ts";
import { ownLabels, removeContainers, stopContainers } from "./own-containers.ts";

const probe = await findEngine(engineAddresses(process.env));
if (probe.kind !== "answers") throw new Error("These tests need a Docker Engine.");
const docker = engineClient(probe.dockerHost, 60_000);

const arn = (id: string) => `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${id}`;
const run = crypto.randomUUID();

let root: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "berth-own-"));
  const data = join(root, "instances", "1", "data");
  mkdirSync(data, { recursive: true });
  const record = { cluster: "default", containerInstanceArn: arn(`${run}-own`), timeline: 0 };
  writeFileSync(join(data, "instance.json"), JSON.stringify(record));
  mkdirSync(join(root, "instances", "2"));
  await prepareDemoImages(docker);
});
afterEach(async () => {
  await removeContainers(docker, [`berth-test-run=${run}`]);
  rmSync(root, { recursive: true, force: true });
});

async function start(instanceId: string): Promise<string> {
  const container = await docker.createContainer({
    Image: "berth/demo:1",
    Labels: {
      "berth-test": "local",
      "berth-test-run": run,
      "berth.container-instance-arn": arn(instanceId),
    },
  });
  await container.start();
  return container.id;
}

const isRunning = async (id: string) => (await docker.getContainer(id).inspect()).State.Running;

test("stops the containers of this installation's instances and nobody else's", async () => {
  const own = await start(`${run}-own`);
  const other = await start(`${run}-other`);
  const labels = ownLabels(dataDirectory(root));
  expect(await stopContainers(docker, labels)).toBe(1);
  expect([await isRunning(own), await isRunning(other)]).toEqual([false, true]);
  expect(await removeContainers(docker, labels)).toBe(1);
  await expect(docker.getContainer(own).inspect()).rejects.toMatchObject({ statusCode: 404 });
});

test("there is nothing to stop where no instance ever registered", () => {
  expect(ownLabels(dataDirectory(join(root, "absent")))).toEqual([]);
});
