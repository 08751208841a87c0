import {
  aContainerDefinition,
  aTask,
  aTaskContainer,
  aTaskDefinition,
} from "@berth/testing/builders";
import { expect, test } from "vitest";
import { payloadTask } from "./payload.ts";

const SCOPE = { region: "us-east-1", account: "000000000000" };

test("names the one container that each GPU is for", () => {
  const containers = [
    aTaskContainer({ name: "trainer", gpuIds: ["GPU-a", "GPU-b"] }),
    aTaskContainer({ name: "logger" }),
    aTaskContainer({ name: "viewer", gpuIds: ["GPU-c"] }),
  ];
  const containerDefinitions = containers.map(({ name }) => aContainerDefinition({ name }));
  const payload = payloadTask(
    SCOPE,
    aTask({ containers }),
    aTaskDefinition({ containerDefinitions }),
  );
  expect(payload.associations).toEqual([
    { type: "gpu", name: "GPU-a", containers: ["trainer"] },
    { type: "gpu", name: "GPU-b", containers: ["trainer"] },
    { type: "gpu", name: "GPU-c", containers: ["viewer"] },
  ]);
});

test.each([
  { name: "memory and swap together", memory: 64, maxSwap: 32, override: undefined, mib: 96 },
  { name: "no swap", memory: 64, maxSwap: 0, override: undefined, mib: 64 },
  { name: "swap beside an override", memory: 64, maxSwap: 32, override: 128, mib: 160 },
  { name: "nothing without a limit", memory: undefined, maxSwap: 32, override: undefined },
  { name: "nothing where nobody asks", memory: 64, maxSwap: undefined, override: undefined },
])("tells the engine $name", ({ memory, maxSwap, override, mib }) => {
  const { memory: _, ...container } = aContainerDefinition();
  const definition = aTaskDefinition({
    containerDefinitions: [
      {
        ...container,
        ...(memory !== undefined && { memory }),
        ...(maxSwap !== undefined && { linuxParameters: { maxSwap } }),
      },
    ],
  });
  const containerOverrides = [{ name: container.name, ...(override && { memory: override }) }];
  const [told] = payloadTask(
    SCOPE,
    aTask({ overrides: { containerOverrides } }),
    definition,
  ).containers;
  const hostConfig = JSON.parse(told?.dockerConfig?.hostConfig ?? "") as Record<string, unknown>;
  expect(hostConfig["MemorySwap"]).toBe(mib && mib * 1_048_576);
});

test("says nothing of GPUs where a task has none", () => {
  expect(payloadTask(SCOPE, aTask(), aTaskDefinition())).not.toHaveProperty("associations");
});
