import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { prepareDemoImages } from "./demo-image.ts";
import { engineAddresses, engineClient, findEngine } from "./find-engine.ts";

const probe = await findEngine(engineAddresses(process.env));
if (probe.kind !== "answers") throw new Error("These tests need a Docker Engine.");
const docker = engineClient(probe.dockerHost, 60_000);
const Labels = { "berth-test": "local", "berth-test-run": crypto.randomUUID() };

beforeAll(async () => {
  await prepareDemoImages(docker);
});
afterEach(async () => {
  const label = [`berth-test-run=${Labels["berth-test-run"]}`];
  const containers = await docker.listContainers({ all: true, filters: { label } });
  await Promise.all(
    containers.map(async ({ Id }) => docker.getContainer(Id).remove({ force: true })),
  );
});

async function start(options: object) {
  const container = await docker.createContainer({ Image: "berth/demo:1", Labels, ...options });
  await container.start();
  return container;
}

test("making the images a second time makes nothing", async () => {
  expect(await prepareDemoImages(docker)).toEqual([]);
});

test.each(["1", "2"])(
  "berth/demo:%s says its version, on a read-only file system too",
  async (tag) => {
    const container = await start({
      Image: `berth/demo:${tag}`,
      HostConfig: {
        ReadonlyRootfs: true,
        PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
      },
    });
    const { NetworkSettings, Config } = await container.inspect();
    const port = NetworkSettings.Ports["80/tcp"]?.[0]?.HostPort;
    await vi.waitFor(
      async () => {
        const response = await fetch(`http://127.0.0.1:${port}/`);
        expect(await response.text()).toBe(`berth demo ${tag} on ${Config.Hostname}\n`);
      },
      { timeout: 5_000 },
    );
  },
);

test("it stops at SIGTERM, well before it would be killed", async () => {
  const container = await start({});
  await delay(200);
  const startedAt = Date.now();
  await container.stop({ t: 30 });
  const { State } = await container.inspect();
  expect(State.ExitCode).toBe(0);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
});

test("it ends with any code that one asks for", async () => {
  const container = await start({ Cmd: ["exit", "42"] });
  const { StatusCode } = (await container.wait()) as { StatusCode: number };
  expect(StatusCode).toBe(42);
});
