import { beforeAll, describe, expect, it } from "vitest";
import { callsOf } from "./aws-calls.ts";
import { entryNames } from "./bundle-functions.ts";
import { componentName } from "./deployment.ts";
import type { Deployment } from "./deployment.ts";
import { readDeployment, recordStage } from "./record.ts";
import { permissionFaults, tracedFunctions, wildcardFaults } from "./rules/roles.ts";
import type { Plant } from "./synth/program.ts";

/** What somebody changes who wants traces. */
const SWITCH: Plant = {
  file: "stacks/defaults.ts",
  from: "TRACING: boolean = false",
  to: "TRACING: boolean = true",
};

describe("with tracing", () => {
  let deployment: Deployment;
  beforeAll(async () => {
    await recordStage("test", { plants: [SWITCH], as: "traced" });
    deployment = readDeployment("traced");
  });

  it("every function tells X-Ray of its invocations", () => {
    expect(tracedFunctions(deployment).toSorted()).toEqual(
      entryNames.map((name) => `${componentName(name)}Function`).toSorted(),
    );
  });

  it("every function may do that besides, and nothing more", () => {
    const calls = new Map(entryNames.map((entry) => [entry, callsOf(entry)]));
    expect(permissionFaults(deployment, calls)).toEqual([]);
    expect(wildcardFaults(deployment)).toEqual([]);
  });
});

it("permissions to trace are found where nothing traces", async () => {
  const plants = [{ file: "stacks/edge.ts", from: "if (!TRACING) return [];", to: "" }];
  await recordStage("test", { plants, as: "traced-wrongly" });
  const calls = new Map([["api", callsOf("api")] as const]);
  expect(permissionFaults(readDeployment("traced-wrongly"), calls)).toEqual([
    "api need not xray:PutTelemetryRecords",
    "api need not xray:PutTraceSegments",
  ]);
});
