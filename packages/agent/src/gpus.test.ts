import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aPayloadTask } from "@berth/testing/payloads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gpuIdsOf, readGpus } from "./gpus.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "berth-gpus-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function read(text: string) {
  const infoFile = join(directory, "info.json");
  await writeFile(infoFile, text);
  return readGpus({ runtime: "nvidia", infoFile });
}

test("reads what the instance has", async () => {
  expect(await read('{"DriverVersion":"535.1","GPUIDs":["GPU-a","GPU-b"]}')).toEqual({
    driverVersion: "535.1",
    ids: ["GPU-a", "GPU-b"],
  });
});

test("has none where none are offered", async () => {
  expect(await readGpus(undefined)).toEqual({ ids: [] });
});

test.each(['{"GPUIDs":"GPU-a"}', '{"GPUIDs":[1]}', "no JSON"])(
  "does not guess at %s",
  async (text) => {
    await expect(read(text)).rejects.toThrow(/GPUIDs|JSON/);
  },
);

test("gives a container those that are its own", () => {
  const gpu = (name: string, container: string) => ({
    type: "gpu" as const,
    name,
    containers: [container],
  });
  const task = aPayloadTask({ associations: [gpu("a", "x"), gpu("b", "y"), gpu("c", "x")] });
  expect(gpuIdsOf(task, "x")).toEqual(["a", "c"]);
  expect(gpuIdsOf(task, "z")).toEqual([]);
});
