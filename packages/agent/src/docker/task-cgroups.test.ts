import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lineLog } from "../log.ts";
import { openTaskCgroups, removeTaskCgroup } from "./task-cgroups.ts";

const MIB = 1_048_576;
const PATH = `/ecs/${payloadTaskArn().split("/").at(-1)}`;
const VERSION_1 = { CgroupVersion: "1", CgroupDriver: "cgroupfs" };
const VERSION_2 = { CgroupVersion: "2", CgroupDriver: "cgroupfs" };

let mountPoint = "";
const lines: string[] = [];
const log = lineLog("warn", (line) => lines.push(line));

beforeEach(() => {
  mountPoint = mkdtempSync(join(tmpdir(), "berth-cgroups-"));
  lines.length = 0;
});
afterEach(() => rmSync(mountPoint, { recursive: true, force: true }));

const open = (facts: typeof VERSION_1, taskLimits = true) =>
  openTaskCgroups({ taskLimits, mountPoint }, facts, log);
const read = (file: string) => readFileSync(join(mountPoint, file), "utf8");

describe("a task with a size", () => {
  const task = aPayloadTask({ cpu: 0.25, memory: 64 });

  test("has a cgroup in the trees of processor and memory", async () => {
    const cgroups = await open(VERSION_1);
    await cgroups.ensure(task);
    expect(cgroups.parentOf(task)).toBe(PATH);
    expect(read(`cpu${PATH}/cpu.cfs_period_us`)).toBe("100000");
    expect(read(`cpu${PATH}/cpu.cfs_quota_us`)).toBe("25000");
    expect(read(`memory${PATH}/memory.limit_in_bytes`)).toBe(String(64 * MIB));
  });

  test("has one in the single tree, to which the controllers are handed down", async () => {
    const cgroups = await open(VERSION_2);
    await cgroups.ensure(task);
    expect(cgroups.parentOf(task)).toBe(PATH);
    expect(read(`${PATH}/cpu.max`)).toBe("25000 100000");
    expect(read(`${PATH}/memory.max`)).toBe(String(64 * MIB));
    expect(read("cgroup.subtree_control")).toBe("+cpu +memory");
    expect(read("ecs/cgroup.subtree_control")).toBe("+cpu +memory");
  });

  test("has it once, however many containers ask", async () => {
    const cgroups = await open(VERSION_1);
    await cgroups.ensure(task);
    await expect(cgroups.ensure(task)).resolves.toBeUndefined();
  });

  test("says why it cannot have one", async () => {
    const cgroups = await open(VERSION_1);
    writeFileSync(join(mountPoint, `cpu${PATH}`), "in the way");
    await expect(cgroups.ensure(task)).rejects.toMatchObject({
      reason: expect.stringMatching(/^CgroupError: the task's cgroup cannot be made: /),
    });
  });
});

describe("a task without a size", () => {
  const containers = [aPayloadContainer({ cpu: 100 }), aPayloadContainer({ name: "b", cpu: 28 })];

  test("counts for as much as its containers together, and has no limit", async () => {
    await (await open(VERSION_1)).ensure(aPayloadTask({ containers }));
    expect(read(`cpu${PATH}/cpu.shares`)).toBe("128");
    expect(existsSync(join(mountPoint, `memory${PATH}/memory.limit_in_bytes`))).toBe(false);
    await (await open(VERSION_2)).ensure(aPayloadTask({ containers }));
    expect(read(`${PATH}/cpu.weight`)).toBe("5");
  });
});

describe("where tasks have no cgroup", () => {
  test.each([
    {
      name: "the engine has none",
      facts: { ...VERSION_2, CgroupDriver: "none" },
      bounds: "container",
      warnings: 1,
    },
    { name: "it is switched off", facts: VERSION_1, limits: false, bounds: "none", warnings: 0 },
  ])("$name: $bounds", async ({ facts, limits, bounds, warnings }) => {
    const cgroups = await open(facts, limits);
    expect(cgroups.bounds).toBe(bounds);
    expect(cgroups.parentOf(aPayloadTask({ cpu: 1 }))).toBeUndefined();
    expect(lines).toHaveLength(warnings);
  });

  test("the agent may not write there", async () => {
    writeFileSync(join(mountPoint, "cpu"), "no directory");
    expect((await open(VERSION_1)).bounds).toBe("container");
    expect(lines).toHaveLength(1);
  });
});

test.each(["..", "a/../..", "a-b", "x".repeat(32), "0".repeat(33), "0".repeat(31) + "\n"])(
  "an id that could be more than a name has none: %j",
  async (id) => {
    const cgroups = await open(VERSION_1);
    const task = aPayloadTask({ arn: payloadTaskArn().replace(/[^/]+$/, id) });
    const reason = expect.stringMatching("32 hexadecimal digits");
    expect(() => cgroups.parentOf(task)).toThrow(expect.objectContaining({ reason }));
    await expect(cgroups.ensure(task)).rejects.toMatchObject({ reason });
    await expect(cgroups.remove(task)).resolves.toBeUndefined();
  },
);

test.each([
  { used: 64, limit: 0, kills: "maybe" },
  { used: 63, limit: 64, kills: "maybe" },
  { used: 16, limit: 16, kills: "maybe" },
  { used: 16, limit: 0, kills: "none" },
  { used: 16, limit: 32, kills: "none" },
])(
  "a task of 64 MiB that used $used, of which a container might use $limit, had kills: $kills",
  async ({ used, limit, kills }) => {
    const cgroups = await open(VERSION_1);
    await cgroups.ensure(aPayloadTask({ memory: 64 }));
    const file = join(mountPoint, `memory${PATH}/memory.max_usage_in_bytes`);
    writeFileSync(file, String(used * MIB));
    expect(await cgroups.kills(payloadTaskArn(), limit * MIB)).toBe(kills);
  },
);

test.each([
  [64, "maybe"],
  [0, "none"],
])(
  "of a container with a limit of %i MiB whose task has no cgroup there are kills: %s",
  async (limit, kills) => {
    const cgroups = await open(VERSION_1, false);
    expect(await cgroups.kills(payloadTaskArn(), limit * MIB)).toBe(kills);
  },
);

test("there is nothing to remove where there are no cgroups", async () => {
  const nowhere = join(mountPoint, "nowhere");
  await expect(
    removeTaskCgroup(payloadTaskArn(), { mountPoint: nowhere }),
  ).resolves.toBeUndefined();
});

test("what the engine left in the trees of others is removed too, and nothing of other tasks", async () => {
  const other = `/ecs/${payloadTaskArn(2).split("/").at(-1)}`;
  const all = ["cpu", "memory", "pids"].flatMap((tree) => [`${tree}${PATH}`, `${tree}${other}`]);
  for (const path of all) mkdirSync(join(mountPoint, path), { recursive: true });
  await removeTaskCgroup(payloadTaskArn(), { mountPoint });
  expect(all.filter((path) => existsSync(join(mountPoint, path)))).toEqual(
    all.filter((path) => path.endsWith(other)),
  );
});
