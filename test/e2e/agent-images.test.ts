import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { aContainer, AgentUnderTest, aTask } from "./agent-process.ts";
import { Registry } from "./registry.ts";

let registry: Registry;
const agents: AgentUnderTest[] = [];

beforeAll(async () => {
  registry = await Registry.start();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.close();
    await removeImages(agent);
  }
  registry.login = undefined;
});
afterAll(() => registry?.close());

async function anAgent(settings: Readonly<Record<string, string>> = {}): Promise<AgentUnderTest> {
  const agent = await AgentUnderTest.start(settings);
  agents.push(agent);
  return agent;
}

const offer = (agent: AgentUnderTest, as: string, label = as) =>
  registry.offer(agent.docker, { image: "berth/demo:1", as, label });

/** What tests pulled and agents left. */
async function removeImages({ docker }: AgentUnderTest): Promise<void> {
  const images = await docker.listImages();
  const own = images.flatMap(({ RepoTags, RepoDigests }) =>
    (RepoTags ?? []).concat(RepoDigests ?? []),
  );
  for (const name of own.filter((each) => each.startsWith(registry.host))) {
    await docker
      .getImage(name)
      .remove({ force: true })
      .catch(() => undefined);
  }
}

const ofImage = (image: string) =>
  aTask({ containers: [aContainer({ image, command: ["exit", "3"] })] });

async function run(agent: AgentUnderTest, image: string) {
  const task = ofImage(image);
  agent.controlPlane.sendTasks(task);
  const { containers } = await agent.controlPlane.submitted(task.arn, "STOPPED");
  return containers[0];
}

const pullsOf = (as: string) =>
  registry.pulls.filter((path) => path === `/v2/${as.replace(":", "/manifests/")}`).length;

async function holds({ docker }: AgentUnderTest, image: string): Promise<boolean> {
  const images = await docker.listImages();
  return images.some(({ RepoTags }) => RepoTags?.includes(image));
}

test("an image is pulled, and its digest is told", async () => {
  const agent = await anAgent();
  const { name, digest } = await offer(agent, "told:1");
  expect(await run(agent, name)).toMatchObject({ exitCode: 3, imageDigest: digest });
});

test("an image may be named by its digest", async () => {
  const agent = await anAgent();
  const { name, digest } = await offer(agent, "named:1");
  const image = `${name.replace(/:1$/, "")}@${digest}`;
  expect(await run(agent, image)).toMatchObject({ exitCode: 3, imageDigest: digest });
});

test("a crowd of tasks with one image pulls it once", async () => {
  const agent = await anAgent();
  const { name } = await offer(agent, "crowd:1");
  const tasks = Array.from({ length: 8 }, () => ofImage(name));
  agent.controlPlane.sendTasks(...tasks);
  await Promise.all(tasks.map(({ arn }) => agent.controlPlane.submitted(arn, "STOPPED")));
  expect(pullsOf("crowd:1")).toBe(1);
});

test.each([
  { behavior: "default", pulls: 2, away: { exitCode: 3 } },
  { behavior: "always", pulls: 2, away: { reason: expect.stringMatching(/^CannotPullContainer/) } },
  { behavior: "once", pulls: 1, away: { exitCode: 3 } },
  { behavior: "prefer-cached", pulls: 1, away: { exitCode: 3 } },
])("$behavior pulls an image $pulls times for an agent and the next", async (row) => {
  const settings = { ECS_IMAGE_PULL_BEHAVIOR: row.behavior };
  const agent = await anAgent(settings);
  const as = `${row.behavior}:1`;
  const { name } = await offer(agent, as);
  expect(await run(agent, name)).toMatchObject({ exitCode: 3 });
  await agent.signal("SIGKILL");
  await agent.restart();
  expect(await run(agent, name)).toMatchObject({ exitCode: 3 });
  expect(pullsOf(as)).toBe(row.pulls);
  // A registry that lets nobody in answers like one that has lost the image.
  registry.login = "nobody:nothing";
  await agent.signal("SIGKILL");
  await agent.restart();
  expect(await run(agent, name)).toMatchObject(row.away);
});

test("the agent logs in to a registry that wants it", async () => {
  const login = { username: "me", password: "secret" };
  const agent = await anAgent({
    ECS_ENGINE_AUTH_TYPE: "docker",
    ECS_ENGINE_AUTH_DATA: JSON.stringify({ [registry.host]: login }),
  });
  const { name } = await offer(agent, "private:1");
  registry.login = "me:secret";
  expect(await run(agent, name)).toMatchObject({ exitCode: 3 });
  registry.login = "me:changed";
  const other = await offer(agent, "private:2");
  expect(await run(agent, other.name)).toMatchObject({
    reason: expect.stringMatching(/^CannotPullContainerError: /),
  });
});

test("images that the agent pulled are removed once nothing uses them, and no others", async () => {
  const agent = await anAgent({
    ECS_IMAGE_CLEANUP_INTERVAL: "1s",
    ECS_IMAGE_MINIMUM_CLEANUP_AGE: "0s",
    ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: "1s",
  });
  const [unused, used] = [await offer(agent, "unused:1"), await offer(agent, "used:1")];
  const staying = aTask({ containers: [aContainer({ image: used.name })] });
  agent.controlPlane.sendTasks(staying);
  await agent.controlPlane.submitted(staying.arn, "RUNNING");
  await run(agent, unused.name);
  await run(agent, "berth/demo:1");
  await expect.poll(() => holds(agent, unused.name), { timeout: 20_000 }).toBe(false);
  expect(await holds(agent, used.name)).toBe(true);
  expect(await holds(agent, "berth/demo:1")).toBe(true);
  agent.controlPlane.stopTask(staying.arn);
  await expect.poll(() => holds(agent, used.name), { timeout: 20_000 }).toBe(false);
});
