import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { lineLog } from "../log.ts";
import { connectDocker } from "./connection.ts";
import { PulledImages } from "./pulled-images.ts";
import { removeUnusedImages } from "./remove-images.ts";

/** The engine's images by name, who uses them, and what it was told to remove. */
const engine = {
  images: new Map<string, string>(),
  used: [] as string[],
  removed: [] as string[],
};

const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? "", "http://engine").pathname);
  response.setHeader("content-type", "application/json");
  if (path.endsWith("/containers/json")) {
    response.end(JSON.stringify(engine.used.map((ImageID) => ({ ImageID }))));
    return;
  }
  const name = path.split("/images/")[1]?.replace(/\/json$/, "") ?? "";
  const Id = engine.images.get(name);
  response.statusCode = Id === undefined ? 404 : 200;
  if (request.method === "DELETE" && Id !== undefined) engine.removed.push(name);
  response.end(JSON.stringify(Id === undefined ? { message: "No such image" } : { Id }));
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  engine.images = new Map(["a:1", "b:1", "c:1"].map((name) => [name, `id of ${name}`]));
  engine.used = [];
  engine.removed = [];
});

const HOUR_MS = 3_600_000;

/** Three images, of which `a:1` is the oldest and `c:1` was pulled just now. */
async function cleanUp({ wanted = [] as string[], free = 0.5, imagesPerCycle = 5 } = {}) {
  const file = { readImages: async () => [], saveImages: async () => undefined };
  const pulled = await PulledImages.open(file);
  const now = Date.now();
  for (const [name, hours] of [
    ["a:1", 3],
    ["b:1", 2],
    ["c:1", 0],
  ] as const) {
    await pulled.pulled(name, `id of ${name}`, now - hours * HOUR_MS);
  }
  const docker = connectDocker(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const log = lineLog("none", () => undefined);
  const settings = { intervalMs: 1, minimumAgeMs: HOUR_MS, imagesPerCycle };
  const parts = { docker, pulled, log, freeShare: async () => free };
  await removeUnusedImages(parts, settings, new Set(wanted));
  return engine.removed;
}

test("removes those that are old enough, the longest unused first", async () => {
  expect(await cleanUp()).toEqual(["a:1", "b:1"]);
});

test("removes no more at a time than it may", async () => {
  expect(await cleanUp({ imagesPerCycle: 1 })).toEqual(["a:1"]);
});

test("leaves what a container uses, whoever made it, and what a task waits for", async () => {
  engine.used = ["id of a:1"];
  expect(await cleanUp({ wanted: ["b:1"] })).toEqual([]);
});

test("leaves a name that means another image by now, or none", async () => {
  engine.images.set("a:1", "somebody's own");
  engine.images.delete("b:1");
  expect(await cleanUp()).toEqual([]);
});

test("waits for no age and no next time where the disk is nearly full", async () => {
  expect(await cleanUp({ free: 0.05, imagesPerCycle: 1 })).toEqual(["a:1", "b:1", "c:1"]);
});
