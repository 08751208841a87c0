import { aContainerDefinition, aTaskDefinition } from "@berth/testing/builders";
import { expect, test } from "vitest";
import { missingFeatures } from "./missing-features.ts";
import type { ContainerDefinition, TaskDefinition } from "../task-definition.ts";

const ofTask = (changes: Partial<TaskDefinition>) => [...missingFeatures(aTaskDefinition(changes))];
const ofContainer = (changes: Partial<ContainerDefinition>) =>
  ofTask({ containerDefinitions: [aContainerDefinition({ name: "web", ...changes })] });

test.each([
  { proxyConfiguration: { containerName: "envoy" } },
  { enableFaultInjection: true },
  { ephemeralStorage: { sizeInGiB: 30 } },
])("of a task: %j", (changes) => {
  expect(ofTask(changes)).toEqual(Object.keys(changes));
});

test.each([
  { efsVolumeConfiguration: { fileSystemId: "fs-1" } },
  { s3filesVolumeConfiguration: { fileSystemArn: "arn:x" } },
  { fsxWindowsFileServerVolumeConfiguration: { fileSystemId: "fs-1" } },
  { configuredAtLaunch: true },
])("of a volume: %j", (changes) => {
  const [member] = Object.keys(changes);
  expect(ofTask({ volumes: [{ name: "data", ...changes }] })).toEqual([`${member} of volume data`]);
});

test.each([
  { firelensConfiguration: { type: "fluentbit" } },
  { credentialSpecs: ["credentialspec:arn:x"] },
])("of a container: %j", (changes) => {
  const [member] = Object.keys(changes);
  expect(ofContainer(changes)).toEqual([`${member} of container web`]);
});

test("resources that no instance registers", () => {
  const resourceRequirements = [
    { type: "GPU", value: "1" },
    { type: "NeuronDevice", value: "1" },
  ] as const;
  expect(ofContainer({ resourceRequirements })).toEqual([
    "resourceRequirements of type NeuronDevice of container web",
  ]);
});

test("nothing that was not asked for", () => {
  expect(
    ofContainer({
      secrets: [{ name: "A", valueFrom: "a" }],
      environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/k.env" }],
      repositoryCredentials: { credentialsParameter: "arn:x" },
      credentialSpecs: [],
      restartPolicy: { enabled: true },
      logConfiguration: { logDriver: "json-file", secretOptions: [{ name: "A", valueFrom: "a" }] },
      portMappings: [
        { containerPort: 80, name: "http", appProtocol: "http" },
        { containerPortRange: "81-90" },
      ],
      versionConsistency: "disabled",
    }),
  ).toEqual([]);
  expect(
    ofTask({
      enableFaultInjection: false,
      volumes: [
        { name: "a", host: { sourcePath: "/a" }, configuredAtLaunch: false },
        { name: "b", dockerVolumeConfiguration: { driver: "local" } },
      ],
    }),
  ).toEqual([]);
});
