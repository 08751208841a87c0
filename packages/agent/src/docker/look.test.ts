import type { ContainerInspectInfo } from "dockerode";
import { expect, test } from "vitest";
import { containerLabels } from "./labels.ts";
import { aPayloadTask } from "@berth/testing/payloads";
import { observed } from "./look.ts";

const INSTANCE = { cluster: "default", containerInstanceArn: "arn:i" };
const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";

/** As much of what the engine shows as is looked at. */
function stopped(ExitCode: number, CgroupParent: string): ContainerInspectInfo {
  const shown = {
    Id: "1",
    Config: { Labels: containerLabels(INSTANCE, aPayloadTask(), "web") },
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
