import { aGivenContainer, aRegistration, withContainer } from "@berth/testing/registrations";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import type { Registration } from "./registration.ts";

const FIRELENS = { firelensConfiguration: { type: "fluentbit" } };

describe("feature faults", () => {
  test.each<{ given: Registration; fault: string }>([
    {
      given: withContainer({ linuxParameters: { capabilities: { add: ["NET_ADMIN", "FLY"] } } }),
      fault: "FLY is not a valid capability.",
    },
    {
      given: withContainer({ linuxParameters: { capabilities: { drop: ["all"] } } }),
      fault: "all is not a valid capability.",
    },
    {
      given: withContainer({ linuxParameters: { devices: [{ hostPath: "" }] } }),
      fault: "Container.linuxParameters.devices.hostPath should not be null or empty.",
    },
    {
      given: withContainer({ linuxParameters: { tmpfs: [{ containerPath: "", size: 1 }] } }),
      fault: "Container.linuxParameters.tmpfs.containerPath should not be null or empty.",
    },
    {
      given: withContainer({ linuxParameters: { maxSwap: -1 } }),
      fault: "the 'maxSwap' setting for container 'web' must not be negative",
    },
    {
      given: withContainer({ linuxParameters: { sharedMemorySize: -1 } }),
      fault: "the 'sharedMemorySize' setting for container 'web' must not be negative",
    },
    {
      given: withContainer({ environmentFiles: [{ type: "s3", value: "s3://b/k.env" }] }),
      fault: "Invalid arn syntax",
    },
    {
      given: withContainer({ environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/k.txt" }] }),
      fault: "Environment files must have the extension .env",
    },
    {
      given: withContainer({ credentialSpecs: ["arn:aws:s3:::b/spec"] }),
      fault: "Invalid credential spec: 'arn:aws:s3:::b/spec'",
    },
    {
      given: withContainer({
        credentialSpecs: ["credentialspec:arn:aws:s3:::b/a", "credentialspec:arn:aws:s3:::b/b"],
      }),
      fault: "Container 'web' can have at most one credential spec",
    },
    {
      given: withContainer({ repositoryCredentials: { credentialsParameter: "" } }),
      fault: "Container.repositoryCredentials.credentialsParameter should not be null or empty.",
    },
    {
      given: withContainer({ systemControls: [{ value: "1" }] }),
      fault: "Container.systemControls.namespace should not be null or empty.",
    },
    {
      given: aRegistration({
        containerDefinitions: [
          aGivenContainer({ ...FIRELENS, name: "a" }),
          aGivenContainer({ ...FIRELENS, name: "b" }),
        ],
      }),
      fault: "Only one container of a task definition can have a firelens configuration",
    },
    {
      given: aRegistration({
        requiresCompatibilities: ["EXTERNAL"],
        volumes: [{ name: "a", efsVolumeConfiguration: { fileSystemId: "fs-1" } }],
      }),
      fault: "External launch type does not support EFS volumes.",
    },
    {
      given: aRegistration({ requiresCompatibilities: ["MANAGED_INSTANCES"] }),
      fault: "Managed Instances only support network modes 'awsvpc' and 'host'.",
    },
  ])("$fault", ({ given, fault }) => {
    expect(faults(given).next().value).toBe(fault);
  });

  test("none in what may be asked for", () => {
    const given = withContainer({
      ...FIRELENS,
      linuxParameters: {
        capabilities: { add: ["ALL"], drop: ["SYS_ADMIN", "SYSLOG"] },
        devices: [{ hostPath: "/dev/fuse" }],
        tmpfs: [{ containerPath: "/t", size: 1 }],
        maxSwap: 0,
        sharedMemorySize: 0,
      },
      environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/k.env" }],
      credentialSpecs: ["credentialspecdomainless:arn:aws:s3:::b/spec"],
      repositoryCredentials: { credentialsParameter: "arn:aws:secretsmanager:r:1:secret:s" },
      systemControls: [{ namespace: "net.core.somaxconn", value: "1024" }],
    });
    expect([...faults(given)]).toEqual([]);
  });
});
