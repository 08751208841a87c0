import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import { payloadTaskArn } from "@berth/testing/payloads";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AgentWorld } from "./testing/agent-world.ts";

const NAMES = ["a", "b", "c"];

const aContainer = (index: number): fc.Arbitrary<PayloadContainer> =>
  fc.record({
    name: fc.constant(NAMES[index] ?? ""),
    image: fc.constant("web:1"),
    essential: index === 0 ? fc.constant(true) : fc.boolean(),
    memory: fc.constantFrom(32, 64),
    environmentFiles: fc.subarray([{ type: "s3" as const, value: "arn:aws:s3:::b/k.env" }]),
    restartPolicy: fc.record({
      enabled: fc.boolean(),
      ignoredExitCodes: fc.constant([0]),
      restartAttemptPeriod: fc.constantFrom(0.01, 1),
    }),
    portMappings: fc.subarray([
      { containerPort: 80, hostPort: 80 + index, protocol: "tcp" as const },
    ]),
    dependsOn: fc
      .subarray(NAMES.slice(0, index))
      .chain((names) =>
        fc.tuple(
          ...names.map((containerName) =>
            fc
              .constantFrom("START", "COMPLETE", "SUCCESS")
              .map((condition) => ({ containerName, condition })),
          ),
        ),
      ),
  });

const aTask = (number: number): fc.Arbitrary<PayloadTask> =>
  fc
    .integer({ min: 1, max: NAMES.length })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => aContainer(index))))
    .map((containers) => ({
      arn: payloadTaskArn(number),
      desiredStatus: "RUNNING",
      family: "f",
      version: "1",
      containers,
      volumes: [],
    }));

const someTasks = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => aTask(index))));

const choices = fc.array(fc.nat(1_000), { minLength: 10, maxLength: 200 });

function chooser(numbers: readonly number[]): (count: number) => number {
  let next = 0;
  return (count) => {
    next += 1;
    return count === 0 ? 0 : (numbers[next % numbers.length] ?? 0) % count;
  };
}

test("whatever happens, tasks keep their order, their room and their past, and end up gone", () => {
  fc.assert(
    fc.property(someTasks, choices, fc.nat(150), (tasks, numbers, length) => {
      const world = new AgentWorld(chooser(numbers));
      for (const task of tasks) {
        world.arrive(task);
        world.happen();
      }
      for (let index = 0; index < length; index += 1) world.happen();
      for (const { arn } of tasks) world.hear({ kind: "stopOrdered", taskArn: arn });
      world.settle();

      expect([...world.engine]).toEqual([]);
      expect([...world.state.tasks]).toEqual([]);
      for (const { arn } of tasks) {
        expect(world.accepted.get(arn)?.join(" ")).toMatch(/^(RUNNING )*STOPPED$/);
      }
    }),
  );
});

test("left alone, tasks that fit run, and then nothing is due any more", () => {
  fc.assert(
    fc.property(aTask(1), (task) => {
      const world = new AgentWorld((count) => count - 1);
      world.arrive(task);
      world.settle();
      const waitsForEnd = task.containers.some(({ dependsOn = [] }) =>
        dependsOn.some(({ condition }) => condition !== "START"),
      );
      const known = world.state.tasks.get(task.arn);
      expect(known?.reported.status).toBe(waitsForEnd ? "NONE" : "RUNNING");
      expect(world.isAtRest).toBe(true);
    }),
  );
});
