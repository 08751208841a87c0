import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import type Docker from "dockerode";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { PAUSE_IMAGE } from "../pause.ts";
import { connectDocker } from "./connection.ts";
import { ensurePauseImage } from "./pause-image.ts";
import { ensureTaskNetwork, onTaskNetwork, removeTaskNetwork } from "./task-network.ts";

/** Networks of the tests' own: that of tasks is every agent's on this machine. */
const docker = connectDocker("unix:///var/run/docker.sock");
let name: string;

beforeAll(async () => {
  const { Arch } = await docker.version();
  await ensurePauseImage(docker, Arch);
});
beforeEach(() => {
  name = `bt-${randomBytes(4).toString("hex")}`;
});
afterEach(async () => {
  const filters = { label: [`berth-test=${name}`] };
  const containers = await docker.listContainers({ all: true, filters });
  for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true });
  for (const { Id } of await networks()) await docker.getNetwork(Id).remove();
});

const networks = async () =>
  (await docker.listNetworks()).filter((network) => network.Name === name);

const aContainer = (): Promise<Docker.Container> =>
  docker.createContainer({
    Image: PAUSE_IMAGE,
    Labels: { "berth-test": name },
    HostConfig: { NetworkMode: name },
  });

test("agents that start at once make one network", async () => {
  await Promise.all(Array.from({ length: 4 }, () => ensureTaskNetwork(docker, name)));
  expect(await networks()).toMatchObject([{ Labels: { "berth.task-network": "true" } }]);
});

test("the machine has an interface of its name, by which its subnet is known", async () => {
  await ensureTaskNetwork(docker, name);
  await (await aContainer()).start();
  await expect.poll(() => networkInterfaces()[name], { timeout: 60_000 }).toBeDefined();
  const [{ IPAM } = {}] = await networks();
  const own = networkInterfaces()[name]?.find(({ family }) => family === "IPv4");
  expect(own?.address).toBe(IPAM?.Config?.[0]?.Gateway);
});

test("a network that somebody has made is taken, and not removed", async () => {
  await docker.createNetwork({ Name: name, Labels: { "berth-test": name } });
  await ensureTaskNetwork(docker, name);
  await removeTaskNetwork(docker, name);
  expect(await networks()).toMatchObject([{ Labels: { "berth-test": name } }]);
});

test("it is removed once nothing runs on it", async () => {
  await ensureTaskNetwork(docker, name);
  const container = await aContainer();
  await container.start();
  await removeTaskNetwork(docker, name);
  expect(await networks()).toHaveLength(1);
  await container.remove({ force: true });
  await removeTaskNetwork(docker, name);
  expect(await networks()).toEqual([]);
});

test("a container starts also where its network was removed after it was made", async () => {
  await ensureTaskNetwork(docker, name);
  const container = await aContainer();
  let starts = 0;
  const start = async () => {
    starts += 1;
    if (starts === 1) await removeTaskNetwork(docker, name);
    await container.start();
  };
  await onTaskNetwork(docker, start, name);
  expect(starts).toBe(2);
  const { State, NetworkSettings } = await container.inspect();
  expect(State.Running).toBe(true);
  expect(NetworkSettings.Networks[name]?.IPAddress).toMatch(/^\d/);
});

test("what fails for another reason is not tried again", async () => {
  let tries = 0;
  const fail = () => {
    tries += 1;
    return Promise.reject(new Error("no"));
  };
  await expect(onTaskNetwork(docker, fail, name)).rejects.toThrow("no");
  expect(tries).toBe(1);
});
