import { expect, test } from "vitest";
import { containerReport } from "./container-report.ts";

const main = { containerName: "main", status: "RUNNING" } as const;
const binding = { bindIP: "0.0.0.0", containerPort: 80, hostPort: 8080, protocol: "tcp" } as const;

test("a report is kept as it is", () => {
  const given = { ...main, runtimeId: "f".repeat(64), networkBindings: [binding] };
  expect(containerReport(given)).toEqual(given);
});

test("of a report that would not fit beside its task only the beginning is kept: refused, it would come for ever", () => {
  const long = "x".repeat(500_000);
  const bindings = Array.from({ length: 10_000 }, () => ({ ...binding, bindIP: long }));
  const report = containerReport({
    ...main,
    runtimeId: long,
    imageDigest: long,
    networkBindings: bindings,
  });
  expect(report).toMatchObject({
    runtimeId: "x".repeat(255),
    imageDigest: "x".repeat(255),
  });
  expect(report?.networkBindings).toHaveLength(200);
  expect(JSON.stringify(report).length).toBeLessThan(80_000);
});
