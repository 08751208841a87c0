import {
  aRegistration,
  forFargate,
  withContainer,
  withSidecar,
  withVolume,
} from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { Registration } from "./registration.ts";

describe("a registration without faults", () => {
  test.each<{ name: string; given: Registration }>([
    { name: "one container with a hard limit", given: aRegistration() },
    {
      name: "memory set on the task only",
      given: withContainer({ memory: undefined }, { memory: "1 GB" }),
    },
    {
      name: "two tcp and udp mappings of one port",
      given: withContainer({
        portMappings: [
          { containerPort: 53, hostPort: 53 },
          { containerPort: 53, hostPort: 53, protocol: "udp" },
        ],
      }),
    },
    {
      name: "one container port behind two host ports",
      given: withContainer({
        portMappings: [
          { containerPort: 80, hostPort: 8080 },
          { containerPort: 80, hostPort: 8081 },
        ],
      }),
    },
    {
      name: "a container that waits for a one-off",
      given: withSidecar(
        { essential: false },
        { dependsOn: [{ containerName: "sidecar", condition: "SUCCESS" }] },
      ),
    },
    {
      name: "an unlimited hard limit",
      given: withContainer({ ulimits: [{ name: "core", softLimit: -1, hardLimit: -1 }] }),
    },
    {
      name: "an image by digest",
      given: withContainer({ image: `localhost:5000/a/b@sha256:${"0".repeat(64)}` }),
    },
    { name: "a Fargate task", given: forFargate() },
    {
      name: "an EFS volume with an access point",
      given: withVolume({
        name: "data",
        efsVolumeConfiguration: {
          fileSystemId: "fs-1",
          rootDirectory: "/",
          transitEncryption: "ENABLED",
          authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
        },
      }),
    },
  ])("$name", ({ given }) => {
    expect([...faults(given)]).toEqual([]);
  });
});
