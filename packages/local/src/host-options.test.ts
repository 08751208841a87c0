import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostOptions } from "./host-options.ts";

let directory: string;
let environment: Record<string, string>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-host-"));
  environment = {
    BERTH_DATA_DIR: directory,
    BERTH_PORT: "4000",
    BERTH_REGION: "eu-west-1",
    BERTH_ACCOUNT: "123456789012",
  };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("every setting has its default and can be given by its own name", () => {
  const { settings, scope } = hostOptions({ ...environment, BERTH_INSTANCE_LOST_AFTER_MS: "2000" });
  expect(settings).toEqual({
    ...DEFAULT_SETTINGS,
    instanceLostAfterMs: 2_000,
    agentEndpoint: "http://127.0.0.1:4000/",
  });
  expect(scope).toEqual({ region: "eu-west-1", account: "123456789012" });
});

test.each([
  ["BERTH_LEASE_MS", "30s"],
  ["BERTH_SWEEP_INTERVAL_MS", "-1"],
])("refuses %s=%s by name", (name, value) => {
  expect(() => hostOptions({ ...environment, [name]: value })).toThrow(
    new RegExp(`${name}:? must be a number of milliseconds`),
  );
});

test("a table has one shard unless it is said how many", () => {
  expect(hostOptions(environment).tableShards).toBe(1);
  expect(hostOptions({ ...environment, BERTH_TABLE_SHARDS: "64" }).tableShards).toBe(64);
});

test.each(["many", "0", "1.5", "257", ""])("refuses BERTH_TABLE_SHARDS=%s by name", (shards) => {
  expect(() => hostOptions({ ...environment, BERTH_TABLE_SHARDS: shards })).toThrow(
    /BERTH_TABLE_SHARDS: /,
  );
});

test("refuses a lease that no heartbeat could renew in time", () => {
  expect(() => hostOptions({ ...environment, BERTH_LEASE_MS: "30000" })).toThrow(
    "BERTH_LEASE_MS must be more than BERTH_HEARTBEAT_INTERVAL_MS",
  );
});

test("functions run in this process unless it is said how else", () => {
  expect(hostOptions(environment).functions).toBe("in-process");
  expect(hostOptions({ ...environment, BERTH_FUNCTIONS: "bundles" }).functions).toBe("bundles");
  expect(() => hostOptions({ ...environment, BERTH_FUNCTIONS: "zip" })).toThrow(
    "BERTH_FUNCTIONS must be one of in-process, bundles, cold-bundles",
  );
});

test("names what is missing", () => {
  expect(() => hostOptions({ ...environment, BERTH_REGION: "" })).toThrow(
    "BERTH_REGION is missing",
  );
});
