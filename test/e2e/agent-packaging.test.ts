import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importNodeImage } from "./agent-image.ts";
import { Berth } from "./berth.ts";
import { BundledAgent, connectedInstance, joiningSettings } from "./bundled-agent.ts";
import { containersOf, StartedTask } from "./started-task.ts";

const PACKAGING = "packages/agent/packaging";
const IMAGE = `berth-test/agent:${process.pid}`;
const FAMILY = "packaged";
/** As the guide has it. */
const RUN_AGENT =
  "run -d --network host --cap-add NET_ADMIN --label berth-test=packaging " +
  "-v /var/run/docker.sock:/var/run/docker.sock -v /sys/fs/cgroup:/sys/fs/cgroup -v /run/dbus:/run/dbus";
const run = promisify(execFile);

let berth: Berth;
let agent: BundledAgent;
const instances: string[] = [];

beforeAll(async () => {
  [berth, agent] = await Promise.all([Berth.start({ instances: 1 }), BundledAgent.build()]);
  const command = ["sh", "-c", "trap exit TERM; sleep 600 & wait"];
  await berth.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: FAMILY,
      containerDefinitions: [{ name: "main", image: "berth/demo:1", memory: 16, command }],
    }),
  );
});
afterAll(async () => {
  await agent?.close();
  for (const { Id } of await containersOf(berth.docker, ...instances)) {
    await berth.docker.getContainer(Id).remove({ force: true, v: true });
  }
  await berth?.down();
});

/** Which run of which container is the instance's only one. */
async function runOf(instance: string) {
  const containers = await containersOf(berth.docker, instance);
  expect(containers).toHaveLength(1);
  const { Id, State } = await berth.docker.getContainer(containers[0]?.Id ?? "").inspect();
  return { Id, startedAt: State.StartedAt };
}

test("one file in an empty directory joins, and leaves its containers alone when it is replaced", async () => {
  expect(readdirSync(agent.directory)).toEqual(["berth-agent.mjs"]);
  expect(await agent.version()).toMatch(/^berth-agent \d+\.\d+\.\d+ \(as Amazon ECS Agent v1\./);
  const settings = joiningSettings(berth, "file", join(agent.directory, "data"));
  agent.start(settings);
  const instance = await connectedInstance(berth, "file", () => agent.log);
  instances.push(instance);
  const task = await StartedTask.on(berth, instance, FAMILY);
  const before = await runOf(instance);

  // An upgrade: another file, another process.
  expect(await agent.stop()).toBe(0);
  const other = await BundledAgent.build();
  agent.replace(other.file);
  await other.close();
  agent.start(settings);
  expect(await connectedInstance(berth, "file", () => agent.log)).toBe(instance);
  await task.stop();
  expect(await runOf(instance)).toEqual(before);
});

test("the image joins by the engine's socket, and a task of it runs beside it", async () => {
  const context = mkdtempSync(join(tmpdir(), "berth-image-"));
  copyFileSync(agent.file, join(context, "berth-agent.mjs"));
  copyFileSync(join(PACKAGING, "Dockerfile"), join(context, "Dockerfile"));
  const base = await importNodeImage(context);
  let container = "";
  try {
    await run("docker", ["build", "-q", "-t", IMAGE, "--build-arg", `BASE=${base}`, context]);
    const settings = joiningSettings(berth, "image", "/data");
    const { stdout } = await run("docker", [
      ...RUN_AGENT.split(" "),
      ...Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      IMAGE,
    ]);
    container = stdout.trim();
    const instance = await connectedInstance(berth, "image", () => logOf(container));
    instances.push(instance);
    await (await StartedTask.on(berth, instance, FAMILY)).stop();
    await run("docker", ["stop", container]);
    const { State } = await berth.docker.getContainer(container).inspect();
    expect(State.ExitCode).toBe(0);
  } finally {
    if (container) await run("docker", ["rm", "-fv", container]);
    await run("docker", ["rmi", "-f", IMAGE, base]).catch(() => undefined);
    rmSync(context, { recursive: true, force: true });
  }
});

async function logOf(container: string): Promise<string> {
  const { stdout, stderr } = await run("docker", ["logs", container]);
  return stdout + stderr;
}

const systemdAnalyze = "/usr/bin/systemd-analyze";

test.skipIf(!existsSync(systemdAnalyze))(
  `systemd finds no fault with the unit (skipped without ${systemdAnalyze})`,
  async () => {
    const unit = join(PACKAGING, "berth-agent.service");
    const { stdout, stderr } = await run(systemdAnalyze, ["verify", unit]).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    // It looks at other units of the machine as well.
    expect((stdout + stderr).split("\n").filter((line) => line.includes("berth-agent"))).toEqual(
      [],
    );
  },
);
