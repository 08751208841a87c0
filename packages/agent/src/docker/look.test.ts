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
  { exitCode: 137, kills: "some", isTold: false, reason: OUT_OF_MEMORY },
  { exitCode: 137, kills: "maybe", isTold: true, reason: OUT_OF_MEMORY },
  { exitCode: 137, kills: "maybe", isTold: false, reason: undefined },
  { exitCode: 137, kills: "none", isTold: true, reason: undefined },
  { exitCode: 1, kills: "some", isTold: true, reason: undefined },
] as const)(
  "of one that exited with $exitCode, kills in its task: $kills, told by an event: $isTold: $reason",
  async ({ exitCode, kills, isTold, reason }) => {
    const shown = stopped(exitCode, "/ecs/1");
    const unmarked = observed({ ...shown, State: { ...shown.State, OOMKilled: false } });
    assert(unmarked);
    const witnesses = {
      cgroups: {
        kills: async (taskArn: string, limitBytes: number) =>
          taskArn === TASK.arn && limitBytes === 64 ? kills : "none",
      },
      events: { heardOf: async (dockerId: string) => isTold && dockerId === "1" },
    };
    expect((await withMissedCause(unmarked, 64, witnesses)).reason).toBe(reason);
  },
);
