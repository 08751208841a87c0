import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdControlSocket, stopSupervisor } from "./control-socket.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-control-"));
  path = join(directory, "control.sock");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Another process that holds the socket, and exits when it is asked to stop. */
async function aHolder() {
  const module = fileURLToPath(new URL("./control-socket.ts", import.meta.url));
  const source = `
    import { holdControlSocket } from ${JSON.stringify(module)};
    await holdControlSocket(${JSON.stringify(path)}, () => process.exit(0));
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source]);
  await once(child.stdout, "data");
  return child;
}

test("one supervisor at a time: a second one sees that it is taken", async () => {
  const holder = await aHolder();
  expect(await holdControlSocket(path, () => undefined)).toBe("taken");
  holder.kill("SIGKILL");
});

test("a supervisor that was killed is in nobody's way", async () => {
  const holder = await aHolder();
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await stopSupervisor(path)).toBe("notRunning");
  expect(await holdControlSocket(path, () => undefined)).toBe("held");
});

test("stopping it returns when it has ended", async () => {
  const holder = await aHolder();
  expect(await stopSupervisor(path)).toBe("stopped");
  expect(holder.exitCode ?? (await once(holder, "exit"))[0]).toBe(0);
});

test("there is nothing to stop where nothing ever ran", async () => {
  expect(await stopSupervisor(path)).toBe("notRunning");
});
