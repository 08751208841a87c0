import { aContainerDefinition, aTaskDefinition } from "@berth/testing/builders";
import { expect, test } from "vitest";
import type { Demand } from "./resources.ts";
import { taskDemand } from "./resources.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { overridden } from "./task-definition/overridden.ts";
import type { TaskOverrides } from "./task.ts";

const none: Demand = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] };

/** Containers that take nothing but what is said. */
const containers = (...given: readonly Parameters<typeof aContainerDefinition>[0][]) =>
  given.map((each) => aContainerDefinition({ cpu: 0, memory: 0, ...each }));

test.each<{
  name: string;
  definition: Partial<TaskDefinition>;
  overrides?: TaskOverrides;
  expected: Partial<Demand>;
}>([
  {
    name: "the sum over the containers",
    definition: {
      containerDefinitions: containers({ cpu: 100, memory: 64 }, { cpu: 28, memory: 32 }),
    },
    expected: { cpuUnits: 128, memoryMiB: 96 },
  },
  {
    name: "the reservation before the hard limit",
    definition: { containerDefinitions: containers({ memory: 512, memoryReservation: 128 }) },
    expected: { memoryMiB: 128 },
  },
  {
    name: "the size of the task before its containers",
    definition: {
      cpu: "256",
      memory: "1024",
      containerDefinitions: containers({ cpu: 10, memory: 20 }),
    },
    expected: { cpuUnits: 256, memoryMiB: 1024 },
  },
  {
    name: "what the call overrides",
    definition: { containerDefinitions: containers({ name: "a", cpu: 10 }, { cpu: 5 }) },
    overrides: { containerOverrides: [{ name: "a", cpu: 100 }] },
    expected: { cpuUnits: 105 },
  },
  {
    name: "static ports by protocol, and none that Docker picks",
    definition: {
      containerDefinitions: containers({
        portMappings: [
          { containerPort: 80, hostPort: 8080 },
          { containerPort: 53, hostPort: 53, protocol: "udp" },
          { containerPort: 81, hostPort: 0 },
        ],
      }),
    },
    expected: { tcpPorts: [8080], udpPorts: [53] },
  },
  {
    name: "no port of an interface of the task's own",
    definition: {
      networkMode: "awsvpc",
      containerDefinitions: containers({ portMappings: [{ containerPort: 80, hostPort: 80 }] }),
    },
    expected: {},
  },
  {
    name: "every port of a range on the host's network",
    definition: {
      networkMode: "host",
      containerDefinitions: containers({ portMappings: [{ containerPortRange: "7000-7002" }] }),
    },
    expected: { tcpPorts: [7000, 7001, 7002] },
  },
  {
    name: "none of a range behind a bridge",
    definition: {
      containerDefinitions: containers({ portMappings: [{ containerPortRange: "7000-7002" }] }),
    },
    expected: {},
  },
  {
    name: "GPUs and resources of the instances' own, over all containers",
    definition: {
      containerDefinitions: containers(
        { resourceRequirements: [{ type: "GPU", value: "2" }] },
        {
          resourceRequirements: [{ type: "GPU", value: "1" }],
          dockerLabels: { "berth.resource.licence": "3", other: "1" },
        },
      ),
    },
    expected: { countable: { GPU: 3, licence: 3 } },
  },
  {
    name: "the GPUs that the call asks for instead",
    definition: {
      containerDefinitions: containers(
        { name: "a", resourceRequirements: [{ type: "GPU", value: "2" }] },
        { resourceRequirements: [{ type: "GPU", value: "1" }] },
      ),
    },
    overrides: {
      containerOverrides: [{ name: "a", resourceRequirements: [{ type: "GPU", value: "4" }] }],
    },
    expected: { countable: { GPU: 5 } },
  },
])("a task takes $name", ({ definition, overrides, expected }) => {
  expect(taskDemand(overridden(aTaskDefinition(definition), overrides))).toEqual({
    ...none,
    ...expected,
  });
});
