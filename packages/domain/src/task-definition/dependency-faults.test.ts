import {
  aRegistration,
  withContainer,
  withSidecar,
  withVolume,
} from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { Registration } from "./registration.ts";

describe("faults between containers and volumes", () => {
  test.each<{ given: Registration; fault: string }>([
    {
      given: withContainer({ mountPoints: [{ sourceVolume: "data", containerPath: "/d" }] }),
      fault: "Unknown volume 'data'",
    },
    { given: withVolume({}), fault: "Volume.name should not be null or empty." },
    {
      given: aRegistration({ volumes: [{ name: "a" }, { name: "a" }] }),
      fault: "Volume names must be unique within a task definition",
    },
    {
      given: withVolume({ name: "a", host: { sourcePath: "/a" }, dockerVolumeConfiguration: {} }),
      fault: "Volume 'a' can only have one type of configuration",
    },
    {
      given: withVolume({ name: "a", dockerVolumeConfiguration: { autoprovision: true } }),
      fault: "Volume 'a' can only be autoprovisioned when its scope is 'shared'",
    },
    {
      given: withVolume({
        name: "a",
        efsVolumeConfiguration: { fileSystemId: "fs-1", authorizationConfig: { iam: "ENABLED" } },
      }),
      fault: "EFS IAM authorization requires TransitEncryption to be enabled",
    },
    {
      given: withVolume({
        name: "a",
        efsVolumeConfiguration: { fileSystemId: "fs-1", transitEncryptionPort: 1 },
      }),
      fault: "TransitEncryptionPort requires that TransitEncryption is enabled",
    },
    {
      given: withVolume({
        name: "a",
        efsVolumeConfiguration: {
          fileSystemId: "fs-1",
          rootDirectory: "/a",
          authorizationConfig: { accessPointId: "fsap-1" },
        },
      }),
      fault:
        'When using an EFS access point, the root directory must either be set to "/" or be omitted',
    },
    {
      given: withContainer({ volumesFrom: [{ sourceContainer: "db" }] }),
      fault: "Invalid 'volumesFrom' setting. Unknown container: 'db'",
    },
    {
      given: withContainer({ dependsOn: [{ containerName: "db", condition: "START" }] }),
      fault: "Cannot depend on container db because it does not exist",
    },
    {
      given: withSidecar({}, { dependsOn: [{ containerName: "sidecar", condition: "COMPLETE" }] }),
      fault:
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
    },
    {
      given: withSidecar({}, { dependsOn: [{ containerName: "sidecar", condition: "HEALTHY" }] }),
      fault: "A dependency container with HEALTHY condition must have health check configured",
    },
    {
      given: withSidecar(
        { dependsOn: [{ containerName: "web", condition: "START" }] },
        { dependsOn: [{ containerName: "sidecar", condition: "START" }] },
      ),
      fault: "The dependencies of container 'web' form a cycle",
    },
    {
      given: withSidecar({ links: ["web"] }, { volumesFrom: [{ sourceContainer: "sidecar" }] }),
      fault: "The dependencies of container 'web' form a cycle",
    },
    {
      given: withContainer({ links: ["db:database"] }),
      fault: "Invalid 'links' setting. Unknown container: 'db'",
    },
    {
      given: withContainer({ links: ["web:"] }),
      fault: "Invalid 'links' setting. Malformed link: 'web:'",
    },
    {
      given: withContainer({ links: ["db"] }, { networkMode: "awsvpc" }),
      fault: "Links are not supported when networkMode=awsvpc.",
    },
  ])("$fault", ({ given, fault }) => {
    expect(faults(given).next().value).toBe(fault);
  });
});
