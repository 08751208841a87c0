import type { ContainerInspectInfo } from "dockerode";
import { assert, expect, test } from "vitest";
import { containerLabels } from "./labels.ts";
import { aPayloadTask } from "@berth/testing/payloads";
import { observed, withMissedCause } from "./look.ts";

const TASK = aPayloadTask();
const INSTANCE = { cluster: "default", containerInstanceArn: "arn:i" };
const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";

/** As much of what the engine shows as is looked at. */
function stopped(ExitCode: number, CgroupParent: string): ContainerInspectInfo {
  const shown = {
    Id: "1",
    Config: { Labels: containerLabels(INSTANCE, TASK, "web") },
    State: { Status: "exited", Running: false, OOMKilled: true, Error: "", ExitCode },
    HostConfig: { CgroupParent },
    NetworkSettings: { Ports: {} },
  };
  return shown as unknown as ContainerInspectInfo;
}

test.each([
  { name: "was killed", exitCode: 137, parent: "/ecs/1", reason: OUT_OF_MEMORY },
  { name: "failed by itself", exitCode: 1, parent: "", reason: OUT_OF_MEMORY },
  { name: "failed beside one that was killed", exitCode: 1, parent: "/ecs/1", reason: undefined },
  { name: "succeeded", exitCode: 0, parent: "", reason: undefined },
])(
  "of a container that $name where there was too little memory: $reason",
  ({ exitCode, parent, reason }) => {
    expect(observed(stopped(exitCode, parent))?.reason).toBe(reason);
  },
);

test.each([
  { exitCode: 137, hasKilled: true, reason: OUT_OF_MEMORY },
  { exitCode: 137, hasKilled: false, reason: undefined },
  { exitCode: 1, hasKilled: true, reason: undefined },
])(
  "of one that exited with $exitCode, where the kernel killed in its task: $hasKilled: $reason",
  async ({ exitCode, hasKilled, reason }) => {
    const shown = stopped(exitCode, "/ecs/1");
    const unmarked = observed({ ...shown, State: { ...shown.State, OOMKilled: false } });
    assert(unmarked);
    const cgroups = { hasKilled: async (taskArn: string) => hasKilled && taskArn === TASK.arn };
    expect((await withMissedCause(unmarked, cgroups)).reason).toBe(reason);
  },
);
