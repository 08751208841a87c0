import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FunctionPool, type FunctionSpec, PayloadTooLargeError } from "./function-pool.ts";

const HANDLER = `
  let invocations = 0;
  export const handler = async (event, context) => {
    invocations += 1;
    if (event.do === "die") process.exit(3);
    if (event.do === "throw") throw new TypeError("no good");
    if (event.do === "hang") await new Promise(() => setInterval(() => {}, 1000));
    if (event.do === "hoard") for (const kept = [];;) kept.push(new Array(1e6).fill(event));
    if (event.do === "wait") await new Promise((resolve) => setTimeout(resolve, 100));
    if (event.do === "flood") return "x".repeat(7 * 1024 * 1024);
    return { invocations, pid: process.pid, env: Object.keys(process.env), memory: context.memoryLimitInMB, left: context.getRemainingTimeInMillis() };
  };
`;

interface Answer {
  readonly invocations: number;
  readonly pid: number;
  readonly env: readonly string[];
  readonly memory: string;
  readonly left: number;
}

let directory: string;
const pools: FunctionPool[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-pool-"));
  writeFileSync(join(directory, "index.mjs"), HANDLER);
});
afterEach(async () => {
  for (const pool of pools.splice(0)) pool.close();
  rmSync(directory, { recursive: true, force: true });
});

function aPool(spec: Partial<FunctionSpec> = {}): FunctionPool {
  const pool = new FunctionPool({
    name: "f",
    bundle: join(directory, "index.mjs"),
    env: { ONLY: "this" },
    limits: { role: "controller", memoryMiB: 128, timeoutSeconds: 10 },
    maxConcurrency: 4,
    alwaysCold: false,
    logFile: join(directory, "f.log"),
    ...spec,
  });
  pools.push(pool);
  return pool;
}

const call = async (pool: FunctionPool, event: object = {}) => (await pool.invoke(event)) as Answer;

describe("a function in processes of its own", () => {
  test("has its environment, memory and time, and nothing else of ours", async () => {
    const answer = await call(aPool());
    expect(answer).toMatchObject({ invocations: 1, memory: "128" });
    expect(answer.env.filter((name) => !name.startsWith("NODE_CHANNEL"))).toEqual(["ONLY"]);
    expect(answer.left).toBeGreaterThan(8_000);
  });

  test("keeps an instance for the next, and starts one where none is idle", async () => {
    const pool = aPool();
    const first = await call(pool);
    expect(await call(pool)).toMatchObject({ pid: first.pid, invocations: 2 });
    const both = await Promise.all([call(pool, { do: "wait" }), call(pool, { do: "wait" })]);
    expect(new Set(both.map(({ pid }) => pid)).size).toBe(2);
  });

  test("starts cold each time where that is asked for", async () => {
    const pool = aPool({ alwaysCold: true });
    const answers = [await call(pool), await call(pool)];
    expect(answers.map(({ invocations }) => invocations)).toEqual([1, 1]);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
    await vi.waitFor(() => expect(pool.pids).toEqual([]));
  });

  test("has so many at once and no more: who comes later waits", async () => {
    const pool = aPool({ maxConcurrency: 1 });
    const answers = await Promise.all([1, 2, 3].map(async () => call(pool, { do: "wait" })));
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
  });

  test.each([
    ["throws", "throw", "TypeError: no good"],
    ["ends its process", "die", "f: Runtime exited with code 3"],
    ["takes too long", "hang", "f: Task timed out after 1 seconds"],
    ["takes too much memory", "hoard", "f: Runtime exited with SIGABRT"],
  ])("fails alone where it %s", async (_, what, message) => {
    const pool = aPool({
      limits: { role: "controller", memoryMiB: 64, timeoutSeconds: what === "hang" ? 1 : 10 },
    });
    await expect(pool.invoke({ do: what })).rejects.toThrow(message);
    expect(await call(pool)).toHaveProperty("pid");
  });

  test("survives an instance that is killed while it is idle", async () => {
    const pool = aPool();
    const { pid } = await call(pool);
    process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(pool.pids).toEqual([]));
    expect((await call(pool)).pid).not.toBe(pid);
  });

  test("fails alone where it is sent an event while it dies", async () => {
    const pool = aPool();
    const { pid } = await call(pool);
    process.kill(pid, "SIGKILL");
    // It is dead before this process hears of it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    await expect(pool.invoke({})).rejects.toThrow(/^f: Runtime /);
    expect((await call(pool)).pid).not.toBe(pid);
  });

  test("fails alone where no process can be started for it", async () => {
    const pool = aPool();
    const { execPath } = process;
    process.execPath = join(directory, "none");
    const refused = pool.invoke({});
    process.execPath = execPath;
    await expect(refused).rejects.toThrow("ENOENT");
    expect(await call(pool)).toMatchObject({ invocations: 1 });
  });

  test("carries six megabytes each way and no more", async () => {
    const pool = aPool();
    await expect(pool.invoke({ text: "x".repeat(7 * 1024 * 1024) })).rejects.toThrow(
      PayloadTooLargeError,
    );
    await expect(pool.invoke({ do: "flood" })).rejects.toThrow(PayloadTooLargeError);
    expect(await call(pool)).toHaveProperty("pid");
  });

  test("says in its log why it does not start", async () => {
    writeFileSync(join(directory, "index.mjs"), 'throw new Error("no table name");');
    await expect(aPool().invoke({})).rejects.toThrow("f: Runtime exited with code 1");
    expect(readFileSync(join(directory, "f.log"), "utf8")).toContain("no table name");
  });
});
