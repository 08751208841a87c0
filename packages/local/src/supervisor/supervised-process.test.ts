import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SupervisedProcess } from "./supervised-process.ts";

let directory: string;
let program: string;
let running: SupervisedProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-supervised-"));
  program = join(directory, "program.mjs");
});
afterEach(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function supervise(source: string): SupervisedProcess {
  writeFileSync(program, source);
  running = new SupervisedProcess({
    name: "it",
    program,
    args: [],
    env: { WORD: "hello" },
    logFile: join(directory, "it.log"),
    onChange: () => undefined,
  });
  return running;
}

const READY = 'process.send({ kind: "ready" });';
const FOR_EVER = "setInterval(() => {}, 1000);";

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("starts a killed program again, with another pid, and counts it", async () => {
  const it = supervise(READY + FOR_EVER);
  await it.start();
  const first = it.entry().pid ?? 0;
  process.kill(first, "SIGKILL");
  await vi.waitFor(() =>
    expect(it.entry()).toMatchObject({ restarts: 1, pid: expect.any(Number) }),
  );
  expect(it.entry().pid).not.toBe(first);
});

test("is ready only when a start succeeded, however many failed before", async () => {
  const marker = join(directory, "second-time");
  const it = supervise(`
    import { existsSync, writeFileSync } from "node:fs";
    if (existsSync(${JSON.stringify(marker)})) { ${READY} ${FOR_EVER} }
    else { writeFileSync(${JSON.stringify(marker)}, ""); process.exit(1); }
  `);
  await it.start();
  expect(it.entry().restarts).toBe(1);
});

test("gives up waiting for one that never starts, and shows the end of its log", async () => {
  const it = supervise('console.log("no such table"); process.exit(1);');
  await expect(it.start()).rejects.toThrow("it does not start:\nno such table");
});

test("keeps what the program prints", async () => {
  const it = supervise(`console.log(process.env.WORD); ${READY} ${FOR_EVER}`);
  await it.start();
  await vi.waitFor(() => {
    expect(readFileSync(join(directory, "it.log"), "utf8")).toBe("hello\n");
  });
});

test("a stopped program stays stopped", async () => {
  const it = supervise(READY + FOR_EVER);
  await it.start();
  const { pid } = it.entry();
  await it.stop();
  expect(isAlive(pid ?? 0)).toBe(false);
  expect(it.entry()).toEqual({ name: "it", restarts: 0 });
});

test("no program outlives a supervisor that was killed", async () => {
  writeFileSync(program, FOR_EVER);
  const pidFile = join(directory, "pid");
  const supervisor = join(directory, "supervisor.mjs");
  const module = fileURLToPath(new URL("./supervised-process.ts", import.meta.url));
  writeFileSync(
    supervisor,
    `import { writeFileSync } from "node:fs";
     import { SupervisedProcess } from ${JSON.stringify(module)};
     const it = new SupervisedProcess({ name: "it", program: ${JSON.stringify(program)}, args: [],
       env: {}, logFile: ${JSON.stringify(join(directory, "it.log"))}, onChange() {} });
     void it.start();
     setTimeout(() => writeFileSync(${JSON.stringify(pidFile)}, String(it.entry().pid)), 300);`,
  );
  const child = spawn(process.execPath, [supervisor], { stdio: "ignore" });
  await vi.waitFor(() => expect(existsSync(pidFile)).toBe(true), { timeout: 10_000 });
  const pid = Number(readFileSync(pidFile, "utf8"));
  expect(isAlive(pid)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 });
});
