import { withContainer, withVolume } from "@berth/testing/registrations";
import { expect, test } from "vitest";
import type { Registration } from "./registration.ts";
import { requiredAttributes } from "./required-attributes.ts";

const SECRET = { name: "A", valueFrom: "arn:aws:secretsmanager:r:1:secret:a" };
const PARAMETER = { name: "B", valueFrom: "/b" };

test.each<{ name: string; given: Registration; expected: readonly string[] }>([
  {
    name: "a log router with a configuration of its own",
    given: withContainer({
      firelensConfiguration: { type: "fluentbit", options: { "config-file-type": "s3" } },
    }),
    expected: ["ecs.capability.firelens.fluentbit", "ecs.capability.firelens.options.config.s3"],
  },
  {
    name: "secrets of a log driver",
    given: withContainer({
      logConfiguration: { logDriver: "splunk", secretOptions: [SECRET, PARAMETER] },
    }),
    expected: [
      "com.amazonaws.ecs.capability.logging-driver.splunk",
      "ecs.capability.secrets.asm.bootstrap.log-driver",
      "ecs.capability.secrets.ssm.bootstrap.log-driver",
    ],
  },
  {
    name: "a range of ports",
    given: withContainer({ portMappings: [{ containerPortRange: "80-90" }] }),
    expected: ["ecs.capability.network.container-port-range"],
  },
  {
    name: "a range of the host's ports",
    given: withContainer(
      { portMappings: [{ containerPortRange: "80-90" }] },
      { networkMode: "host" },
    ),
    expected: [],
  },
  {
    name: "a restart policy",
    given: withContainer({ restartPolicy: { enabled: true } }),
    expected: ["ecs.capability.container-restart-policy"],
  },
  {
    name: "no restart policy",
    given: withContainer({ restartPolicy: { enabled: false } }),
    expected: [],
  },
  {
    name: "security options",
    given: withContainer({ dockerSecurityOptions: ["apparmor:strict", "label:type:t"] }),
    expected: ["com.amazonaws.ecs.capability.apparmor", "com.amazonaws.ecs.capability.selinux"],
  },
  {
    name: "a proxy",
    given: withContainer({}, { proxyConfiguration: { containerName: "web" } }),
    expected: ["ecs.capability.aws-appmesh"],
  },
  {
    name: "faults to be injected",
    given: withContainer({}, { enableFaultInjection: true }),
    expected: ["ecs.capability.fault-injection"],
  },
  {
    name: "S3 files",
    given: withVolume({ name: "a", s3filesVolumeConfiguration: { fileSystemArn: "arn:x" } }),
    expected: ["ecs.capability.storage.s3-files"],
  },
  {
    name: "a Windows file server",
    given: withVolume({
      name: "a",
      fsxWindowsFileServerVolumeConfiguration: { fileSystemId: "fs-1" },
    }),
    expected: ["ecs.capability.fsxWindowsFileServer"],
  },
])("$name", ({ given, expected }) => {
  expect(requiredAttributes(given).map(({ name }) => name)).toEqual(expected);
});
