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

test("says nothing of GPUs where a task has none", () => {
  expect(payloadTask(SCOPE, aTask(), aTaskDefinition())).not.toHaveProperty("associations");
});
