import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfigFile } from "@berth/agent/config";
import { expect, test } from "vitest";
import { dataDirectory } from "../data-directory.ts";
import { ecsConfig, engineShare, instanceShare, writeEcsConfig } from "./container-instances.ts";

const CONFIG = {
  index: 1,
  addressBlock: 1,
  share: { cpuUnits: 1_024, memoryMiB: 2_048 },
  engineConcurrency: 2,
  endpoint: "http://127.0.0.1:1",
  region: "us-east-1",
  cluster: "default",
  awslogs: { endpoint: "http://127.0.0.2:1", accessKeyId: "AKIA0", secretAccessKey: "s" },
};

test("instances share the machine equally, down to a floor", () => {
  const machine = { cpuUnits: 8_192, memoryMiB: 16_000 };
  expect(instanceShare(machine, 3)).toEqual({ cpuUnits: 2_730, memoryMiB: 5_333 });
  expect(instanceShare({ cpuUnits: 2_048, memoryMiB: 1_000 }, 10)).toEqual({
    cpuUnits: 1_024,
    memoryMiB: 512,
  });
});

test("instances share the engine, and each may start one container at a time at least", () => {
  expect([engineShare(2, 1), engineShare(2, 3), engineShare(2, 20)]).toEqual([6, 2, 1]);
});

test.each([
  [1, 1, "us-east-1a", "127.0.1.1"],
  [3, 1, "us-east-1c", "127.0.1.3"],
  [4, 9, "us-east-1a", "127.0.9.4"],
])(
  "instance %i of block %i is in zone %s and binds host ports to %s",
  (index, addressBlock, zone, address) => {
    const text = ecsConfig({ ...CONFIG, index, addressBlock, dataPath: "/data" });
    const settings = Object.fromEntries(text.split("\n").map((line) => line.split("=")));
    expect(settings).toMatchObject({
      ECS_CLUSTER: "default",
      ECS_BACKEND_HOST: "http://127.0.0.1:1",
      ECS_DATADIR: "/data",
      BERTH_AVAILABILITY_ZONE: zone,
      BERTH_HOST_ADDRESS: address,
      BERTH_INSTANCE_CPU: "1024",
      BERTH_INSTANCE_MEMORY: "2048",
      BERTH_ENGINE_CONCURRENCY: "2",
      BERTH_AWSLOGS_ENDPOINT: "http://127.0.0.2:1",
      BERTH_AWSLOGS_ACCESS_KEY_ID: "AKIA0",
      BERTH_AWSLOGS_SECRET_ACCESS_KEY: "s",
    });
  },
);

test.each([
  { groups: [], expected: [undefined, undefined, undefined] },
  { groups: ["steady"], expected: ["steady", "steady", "steady"] },
  { groups: ["steady", "spot"], expected: ["steady", "spot", "steady"] },
])("instances are of $groups in turn", ({ groups, expected }) => {
  const groupOf = (index: number) => {
    const text = ecsConfig({ ...CONFIG, index, dataPath: "/data", autoScalingGroups: groups });
    return parseConfigFile(text)["BERTH_AUTO_SCALING_GROUP"];
  };
  expect([1, 2, 3].map(groupOf)).toEqual(expected);
});

test("an instance keeps the share that it has registered with, and takes everything else as it is now", () => {
  const directory = dataDirectory(mkdtempSync(join(tmpdir(), "berth-share-")));
  writeEcsConfig(directory, CONFIG);
  const share = { cpuUnits: 4_096, memoryMiB: 4_096 };
  const path = writeEcsConfig(directory, { ...CONFIG, share, endpoint: "http://127.0.0.1:2" });
  expect(parseConfigFile(readFileSync(path, "utf8"))).toMatchObject({
    ECS_BACKEND_HOST: "http://127.0.0.1:2",
    BERTH_INSTANCE_CPU: "1024",
    BERTH_INSTANCE_MEMORY: "2048",
  });
  rmSync(directory.root, { recursive: true });
});
