import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { lineLog } from "../log.ts";
import { BusWithSystemd, noBus } from "../testing/bus-with-systemd.ts";
import { openTaskCgroups, removeTaskCgroup } from "./task-cgroups.ts";

const MIB = 1_048_576;
const SLICE = `ecstasks-${payloadTaskArn().split("/").at(-1)}.slice`;
const NOT_EVEN_ONE = "/nowhere/bus";

const lines: string[] = [];
const log = lineLog("warn", (line) => lines.push(line));
let directory = "";

beforeEach(() => {
  lines.length = 0;
  directory = mkdtempSync(join(tmpdir(), "berth-slices-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const open = (systemBus: string, CgroupVersion = "2") =>
  openTaskCgroups(
    { taskLimits: true, mountPoint: directory, systemBus },
    { CgroupVersion, CgroupDriver: "systemd" },
    log,
  );

describe.skipIf(noBus)(`on a bus${noBus ? ` (skipped: ${noBus})` : ""}`, () => {
  let bus: BusWithSystemd;
  beforeEach(async () => {
    bus = await BusWithSystemd.start();
  });
  afterEach(() => bus.close());

  const sized = aPayloadTask({ cpu: 0.25, memory: 64 });
  const containers = [aPayloadContainer({ cpu: 100 }), aPayloadContainer({ name: "b", cpu: 28 })];
  const unsized = aPayloadTask({ containers });

  test.each([
    {
      what: "a quota and a limit",
      task: sized,
      version: "2",
      size: [
        ["CPUQuotaPerSecUSec", 250_000n],
        ["MemoryMax", BigInt(64 * MIB)],
      ],
    },
    {
      what: "a quota and a limit in the words of version 1",
      task: sized,
      version: "1",
      size: [
        ["CPUQuotaPerSecUSec", 250_000n],
        ["MemoryLimit", BigInt(64 * MIB)],
      ],
    },
    { what: "its containers' weight", task: unsized, version: "2", size: [["CPUWeight", 5n]] },
    { what: "its containers' shares", task: unsized, version: "1", size: [["CPUShares", 128n]] },
  ])("the slice of a task is asked for with $what", async ({ task, version, size }) => {
    const cgroups = await open(bus.socket, version);
    expect(cgroups.bounds).toBe("task");
    expect(cgroups.parentOf(task)).toBe(SLICE);
    bus.asked.length = 0;
    await cgroups.ensure(task);
    const properties = [
      ["Description", `ECS task ${SLICE.slice("ecstasks-".length, -".slice".length)}`],
      ["DefaultDependencies", false],
      ...size,
    ];
    expect(bus.asked).toEqual([["StartTransientUnit", SLICE, "replace", properties, []]]);
  });

  test("one that is there is given its size again", async () => {
    const cgroups = await open(bus.socket);
    await cgroups.ensure(sized);
    await cgroups.ensure(sized);
    const limits = [
      ["CPUQuotaPerSecUSec", 250_000n],
      ["MemoryMax", BigInt(64 * MIB)],
    ];
    expect(bus.asked.at(-1)).toEqual(["SetUnitProperties", SLICE, true, limits]);
  });

  test("an agent that starts again finds the one of all tasks, and its task's", async () => {
    await (await open(bus.socket)).ensure(sized);
    const next = await open(bus.socket);
    expect(next.bounds).toBe("task");
    await next.ensure(sized);
    expect([...bus.units]).toEqual(["ecstasks.slice", SLICE]);
    expect(lines).toEqual([]);
  });

  test("it goes with its task, and goes once", async () => {
    const cgroups = await open(bus.socket);
    await cgroups.ensure(sized);
    await cgroups.remove(sized);
    await cgroups.remove(sized);
    expect([...bus.units]).toEqual(["ecstasks.slice"]);
  });

  test.each(["", "memory"])("it is found by its path in the tree %j", async (tree) => {
    await (await open(bus.socket)).ensure(sized);
    const places = { mountPoint: directory, systemBus: bus.socket };
    await removeTaskCgroup(payloadTaskArn(), places);
    expect(bus.units).toContain(SLICE);
    mkdirSync(join(directory, tree, "ecstasks.slice", SLICE), { recursive: true });
    await removeTaskCgroup(payloadTaskArn(), places);
    expect(bus.units).not.toContain(SLICE);
  });

  test.each([
    ["low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n", "some"],
    ["low 0\nhigh 0\nmax 9\noom 0\noom_kill 0\noom_group_kill 0\n", "none"],
    [undefined, "maybe"],
  ])("whether the kernel killed it says by its events %j: %s", async (events, kills) => {
    const slice = join(directory, "ecstasks.slice", SLICE);
    mkdirSync(slice, { recursive: true });
    if (events !== undefined) writeFileSync(join(slice, "memory.events"), events);
    expect(await (await open(bus.socket)).kills(payloadTaskArn(), 0)).toBe(kills);
  });

  test("who may not make slices has each container bounded, and says why", async () => {
    bus.refusal = "org.freedesktop.DBus.Error.AccessDenied";
    expect((await open(bus.socket)).bounds).toBe("container");
    expect(lines).toEqual([
      expect.stringMatching(/no-task-cgroups error="refused: .*AccessDenied/),
    ]);
  });

  test("a refusal is the task's reason, and keeps its slice from being forgotten", async () => {
    const cgroups = await open(bus.socket);
    bus.refusal = "org.freedesktop.DBus.Error.LimitsExceeded";
    await expect(cgroups.ensure(sized)).rejects.toMatchObject({
      reason: expect.stringMatching(/^CgroupError: the task's cgroup cannot be made: refused: /),
    });
    await expect(cgroups.remove(sized)).rejects.toThrow("refused");
  });

  test("a systemd that does not answer is not waited for without end", async () => {
    bus.isSilent = true;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const opening = open(bus.socket);
    await vi.waitFor(() => expect(bus.asked).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await opening).bounds).toBe("container");
    expect(lines[0]).toContain("No reply within 30000ms");
  });
});

test("where there is no bus each container is bounded, and the log says why", async () => {
  expect((await open(NOT_EVEN_ONE)).bounds).toBe("container");
  expect(lines).toEqual([expect.stringContaining(`ENOENT ${NOT_EVEN_ONE}`)]);
});

test.each([
  ["hangs up", true],
  ["speaks another language", false],
])("a socket whose other end %s is no bus", async (_, hangsUp) => {
  const socket = join(directory, "bus");
  const server = createServer((connection) => {
    connection.on("error", () => undefined);
    if (hangsUp) connection.destroy();
    else connection.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  }).listen(socket);
  expect((await open(socket)).bounds).toBe("container");
  expect(lines).toHaveLength(1);
  server.close();
});
