import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openMetricsLog } from "./metrics-log.ts";

let directory: string;
let warnings: string[];
const log = {
  info: () => undefined,
  warn: (message: string) => void warnings.push(message),
  error: () => undefined,
};

beforeEach(() => {
  warnings = [];
  directory = mkdtempSync(join(tmpdir(), "berth-metrics-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("metrics are lines of a file that only its owner reads, behind those of the last time", async () => {
  const path = join(directory, "metrics.log");
  for (const line of ["first", "second"]) {
    const metrics = openMetricsLog(path, log);
    metrics.write(line);
    metrics.close();
    await vi.waitFor(() => expect(readFileSync(path, "utf8")).toContain(`${line}\n`));
  }
  expect(readFileSync(path, "utf8")).toBe("first\nsecond\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that cannot be written is told of, and nothing else happens", async () => {
  const metrics = openMetricsLog(join(directory, "absent", "metrics.log"), log);
  metrics.write("lost");
  await vi.waitFor(() => expect(warnings).toEqual(["Metrics are not written"]));
  metrics.write("lost as well");
});
