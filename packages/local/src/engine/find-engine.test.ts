import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOnSocket } from "../embedded/listen-on-socket.ts";
import { engineAddresses, findEngine } from "./find-engine.ts";

let directory: string;
const engine = createServer((_, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ Version: "27.0.1" }));
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-engine-"));
});
afterEach(() => {
  engine.close();
  rmSync(directory, { recursive: true, force: true });
});

test("takes the first engine that answers and says where", async () => {
  const socket = join(directory, "docker.sock");
  await listenOnSocket(engine, socket);
  const addresses = [`unix://${join(directory, "absent.sock")}`, `unix://${socket}`];
  expect(await findEngine(addresses)).toEqual({
    kind: "answers",
    dockerHost: `unix://${socket}`,
    version: "27.0.1",
  });
});

test("says what it tried where nothing answers", async () => {
  const addresses = [`unix://${join(directory, "absent.sock")}`];
  expect(await findEngine(addresses)).toEqual({ kind: "silent", tried: addresses });
});

test("asks nobody but the engine that DOCKER_HOST names", () => {
  expect(engineAddresses({ DOCKER_HOST: "tcp://there:2375" })).toEqual(["tcp://there:2375"]);
});

test("looks for a rootless engine after the machine's own", () => {
  expect(engineAddresses({ XDG_RUNTIME_DIR: "/run/user/7" }, "/home/me")).toEqual([
    "unix:///var/run/docker.sock",
    "unix:///run/user/7/docker.sock",
    "unix:///home/me/.docker/run/docker.sock",
  ]);
});
