import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { AgentUnderTest, aContainer, aTask } from "./agent-process.ts";
import { EngineProxy } from "./engine-proxy.ts";
import { Registry } from "./registry.ts";
import { sayWhatWasSurvived, survives } from "./survival-log.ts";

let proxy: EngineProxy;
let agent: AgentUnderTest | undefined;

beforeEach(async () => {
  proxy = await EngineProxy.start();
});
afterEach(async () => {
  proxy.recover();
  await agent?.close();
  agent = undefined;
  await proxy.close();
});
afterAll(sayWhatWasSurvived);

async function anAgent(settings: Readonly<Record<string, string>> = {}): Promise<AgentUnderTest> {
  agent = await AgentUnderTest.start({ DOCKER_HOST: proxy.dockerHost, ...settings });
  return agent;
}

const someTasks = (count: number) => Array.from({ length: count }, () => aTask());

async function run({ controlPlane }: AgentUnderTest, count: number) {
  const tasks = someTasks(count);
  controlPlane.sendTasks(...tasks);
  const told = [];
  for (const { arn } of tasks) told.push(await controlPlane.submitted(arn, "RUNNING"));
  return told.map(({ task, containers }) => ({
    arn: task,
    dockerId: containers[0]?.runtimeId ?? "",
  }));
}

const isLogs = (call: string) => call.endsWith("/logs");

describe("an engine that is stuck", () => {
  test("with one container's stop keeps no other from stopping or starting", async () => {
    const { controlPlane } = await anAgent();
    if (!agent) throw new Error("no agent");
    const [stuck, other] = await run(agent, 2);
    proxy.rule = (call) => (call.includes(`${stuck?.dockerId}/stop`) ? "hang" : "pass");
    for (const { arn } of [stuck, other].flatMap((each) => each ?? [])) controlPlane.stopTask(arn);
    await survives("another's stop and start beside a stop that hangs", async () => {
      await controlPlane.submitted(other?.arn ?? "", "STOPPED");
      if (agent) await run(agent, 1);
    });
    expect(controlPlane.submissionsOf(stuck?.arn ?? "")).toHaveLength(1);
    await survives("the stop that hung, once the engine answers", async () => {
      proxy.recover();
      await controlPlane.submitted(stuck?.arn ?? "", "STOPPED");
    });
  });

  test("with more starts than are made at once keeps the others from none of theirs", async () => {
    const { controlPlane } = await anAgent({ BERTH_ENGINE_CONCURRENCY: "2" });
    const stuck = new Set<string>();
    proxy.rule = (call) => {
      const id = /^POST \/containers\/([0-9a-f]{64})\/start$/.exec(call)?.[1];
      if (id !== undefined && (stuck.has(id) || stuck.size < 2)) stuck.add(id);
      return id !== undefined && stuck.has(id) ? "hang" : "pass";
    };
    const tasks = someTasks(4);
    const running = () =>
      controlPlane.submissions.filter(({ status }) => status === "RUNNING").length;
    controlPlane.sendTasks(...tasks);
    await survives("two starts beside two that hang, of which two are made at once", () =>
      controlPlane.until("two run", () => running() === 2, 60_000),
    );
    await survives("the starts that hung, once the engine answers", async () => {
      proxy.recover();
      await controlPlane.until("all run", () => running() === 4, 60_000);
    });
    expect(controlPlane.submissions.every(({ status }) => status === "RUNNING")).toBe(true);
  });

  test("with looks at one container lets a restarted agent adopt the others", async () => {
    const { controlPlane } = await anAgent();
    if (!agent) throw new Error("no agent");
    const [stuck, ending] = await run(agent, 2);
    await agent.signal("SIGKILL");
    await agent.docker.getContainer(ending?.dockerId ?? "").kill();
    proxy.rule = (call) => (call.includes(`${stuck?.dockerId}/json`) ? "hang" : "pass");
    await survives("agent restart beside a container that cannot be inspected", async () => {
      await agent?.restart();
      await controlPlane.submitted(ending?.arn ?? "", "STOPPED");
    });
    expect(controlPlane.submissionsOf(stuck?.arn ?? "").at(-1)?.status).toBe("RUNNING");
    proxy.recover();
    controlPlane.stopTask(stuck?.arn ?? "");
    await controlPlane.submitted(stuck?.arn ?? "", "STOPPED");
  });

  test("with a container's logs ends the session for them in words, and keeps nothing else waiting", async () => {
    const { controlPlane } = await anAgent();
    if (!agent) throw new Error("no agent");
    const [stuck, other] = await run(agent, 2);
    proxy.rule = (call) => (call.endsWith(`${stuck?.dockerId}/logs`) ? "hang" : "pass");
    const logsOf = (arn = "") => controlPlane.openStream(arn, { kind: "logs", follow: false });
    const hanging = Array.from({ length: 49 }, () => logsOf(stuck?.arn));
    await controlPlane.until("all to hang", () => proxy.calls.filter(isLogs).length === 49);
    await survives("other sessions, heartbeats and tasks beside logs that hang", async () => {
      expect(await controlPlane.heardInStream(logsOf(other?.arn), "closed")).not.toHaveProperty(
        "reason",
      );
      await controlPlane.acked(controlPlane.sendHeartbeat());
      if (agent) await run(agent, 1);
    });
    expect(
      hanging.flatMap((id) => controlPlane.streams.get(id)).map((frame) => frame?.kind),
    ).not.toContain("closed");
    for (const id of hanging) {
      const { reason } = await controlPlane.heardInStream(id, "closed");
      expect(reason).toBe("The container engine gave no answer within 20 s.");
    }
    await survives("as many sessions as an agent may have, after as many that hung", async () => {
      const next = Array.from({ length: 50 }, () => logsOf(other?.arn));
      for (const id of next) {
        expect(await controlPlane.heardInStream(id, "closed")).not.toHaveProperty("reason");
      }
    });
  });

  test("altogether, or breaks lines half-way, does what it was told once it answers", async () => {
    const { controlPlane } = await anAgent();
    if (!agent) throw new Error("no agent");
    const [ending, lasting, dropped] = await run(agent, 3);
    proxy.rule = (call) => (call.includes(`${dropped?.dockerId}/stop`) ? "drop" : "pass");
    controlPlane.stopTask(dropped?.arn ?? "");
    await controlPlane.submitted(dropped?.arn ?? "", "STOPPED");
    proxy.hang();
    await agent.docker.getContainer(ending?.dockerId ?? "").kill();
    const late = aTask();
    controlPlane.sendTasks(late);
    // What it says is what it is asked: it is not stuck itself.
    await controlPlane.acked(controlPlane.sendHeartbeat());
    await survives(
      "what was ordered and what ended while the engine hung, once it answers",
      async () => {
        proxy.recover();
        await controlPlane.submitted(ending?.arn ?? "", "STOPPED");
        await controlPlane.submitted(late.arn, "RUNNING");
      },
    );
    expect(controlPlane.submissionsOf(lasting?.arn ?? "")).toHaveLength(1);
  });

  test("with its disk full says so of the task, and of no other", async () => {
    const { controlPlane } = await anAgent();
    if (!agent) throw new Error("no agent");
    const [lasting] = await run(agent, 1);
    const message = "failed to copy files: write /x: no space left on device";
    proxy.rule = (call) => (call === "POST /containers/create" ? { status: 500, message } : "pass");
    const task = aTask();
    controlPlane.sendTasks(task);
    const { containers } = await controlPlane.submitted(task.arn, "STOPPED");
    expect(containers[0]?.reason).toBe(`CannotCreateContainerError: ${message}`);
    proxy.recover();
    await run(agent, 1);
    expect(controlPlane.submissionsOf(lasting?.arn ?? "")).toHaveLength(1);
  });
});

describe("a registry", () => {
  let registry: Registry | undefined;
  let silent: Server | undefined;
  const images: string[] = [];
  afterEach(async () => {
    await registry?.close();
    registry = undefined;
    silent?.close();
    for (const name of images.splice(0)) {
      await agent?.docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined);
    }
  });

  const ofImage = (image: string) => aTask({ containers: [aContainer({ image })] });

  test("that is down is tried again, and keeps no other task waiting", async () => {
    const { docker, controlPlane } = await anAgent();
    registry = await Registry.start();
    registry.isDown = true;
    const { name } = await registry.offer(docker, { image: "berth/demo:1", as: "survival:1" });
    images.push(name);
    const task = ofImage(name);
    controlPlane.sendTasks(task);
    await controlPlane.until("a pull fails", () => (registry?.refused ?? 0) > 0);
    await survives("another task's start beside a pull that fails", async () => {
      if (agent) await run(agent, 1);
    });
    await survives("the pull that failed, once the registry answers", async () => {
      if (registry) registry.isDown = false;
      await controlPlane.submitted(task.arn, "RUNNING");
    });
    expect(controlPlane.submissionsOf(task.arn)).toHaveLength(1);
  });

  test("that answers nobody keeps no other task waiting", async () => {
    const { controlPlane } = await anAgent();
    silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    // Of more images than are pulled at once.
    const stuck = [1, 2, 3, 4, 5].map((tag) => ofImage(`127.0.0.1:${port}/silent:${tag}`));
    controlPlane.sendTasks(...stuck);
    await survives("another task's start beside five pulls that hang", async () => {
      if (agent) await run(agent, 1);
    });
    for (const { arn } of stuck) {
      controlPlane.stopTask(arn);
      await controlPlane.submitted(arn, "STOPPED");
      expect(controlPlane.submissionsOf(arn)).toHaveLength(1);
    }
  });
});

describe("a disk that is full", () => {
  const directory = mkdtempSync(join(tmpdir(), "berth-full-"));
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
  if (mount.status !== 0) console.log("skipped: a disk that is full needs a tmpfs to be mounted");
  afterAll(() => {
    if (mount.status === 0) spawnSync("umount", [directory]);
    rmSync(directory, { recursive: true, force: true });
  });

  test.skipIf(mount.status !== 0)(
    "keeps nothing from running, is told of, and costs no record once there is room",
    async () => {
      const { controlPlane } = await anAgent({ ECS_DATADIR: directory });
      if (!agent) throw new Error("no agent");
      const [ending, lasting] = await run(agent, 2);
      const filler = join(directory, "filler");
      const { bavail, bsize } = statfsSync(directory);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
      const late = aTask();
      controlPlane.sendTasks(late);
      await agent.docker.getContainer(ending?.dockerId ?? "").kill();
      await controlPlane.submitted(ending?.arn ?? "", "STOPPED");
      await expect.poll(() => agent?.log, { timeout: 60_000 }).toContain("state-not-saved");
      // What a restarted agent would not know is not begun.
      expect(controlPlane.submissionsOf(late.arn)).toEqual([]);
      await survives("a task that came while the disk was full, once there is room", async () => {
        rmSync(filler);
        await controlPlane.submitted(late.arn, "RUNNING");
      });
      await agent.signal("SIGTERM");
      await agent.restart();
      await controlPlane.acked(controlPlane.sendManifest([lasting?.arn ?? "", late.arn]));
      for (const arn of [lasting?.arn ?? "", late.arn]) {
        expect(new Set(controlPlane.submissionsOf(arn).map(({ status }) => status))).toEqual(
          new Set(["RUNNING"]),
        );
      }
    },
  );
});
