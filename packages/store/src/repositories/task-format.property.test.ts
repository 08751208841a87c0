import type { Cause, Task } from "@berth/domain/task";
import type { TaskPlacement } from "@berth/domain/task-placement";
import { aTask, aTaskContainer } from "@berth/testing/builders";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeTask, encodeTask } from "./task-format.ts";

const plain = { noNullPrototype: true } as const;
const optional = { requiredKeys: [], ...plain };
/** Few, so that a cause often is the deployment that started the task. */
const deploymentId = fc.constantFrom("ecs-svc/1", "ecs-svc/2");
const port = fc.integer({ min: 0, max: 65_535 });

const cause: fc.Arbitrary<Cause> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("api"),
      operation: fc.oneof(fc.constant("UpdateContainerInstancesState"), fc.string()),
      requestId: fc.string(),
      principalArn: fc.string(),
    },
    plain,
  ),
  fc.record({ kind: fc.constantFrom("deployment", "taskSet"), id: deploymentId }, plain),
  fc.record({ kind: fc.constant("controlPlane"), reason: fc.string() }, plain),
  fc.record({ kind: fc.constant("agent") }, plain),
);
const single = fc.record(
  {
    bindIP: fc.constantFrom("127.0.1.1", ""),
    containerPort: port,
    hostPort: port,
    protocol: fc.constantFrom("tcp", "udp"),
  },
  optional,
);
const range = fc.record(
  { bindIP: fc.string(), containerPortRange: fc.string(), hostPortRange: fc.string() },
  optional,
);
const binding = fc.oneof(single, range);
const reason = fc.oneof(
  fc.constantFrom(
    "AGENT",
    "RESOURCE:MEMORY",
    "RESOURCE:GPU",
    "DistinctInstance placement constraint unsatisfied.",
    "valueOf",
  ),
  fc.string(),
);
const strategy = fc.constantFrom("binpack(memory)", "spread(instanceId)", "spread(attribute:rack)");
const placement: fc.Arbitrary<TaskPlacement> = fc.oneof(
  fc.constant({ kind: "named" as const }),
  fc.constant({ kind: "daemon" as const }),
  fc
    .record({
      considered: fc.nat(),
      rejected: fc.dictionary(reason, fc.nat(), { maxKeys: 3, noNullPrototype: true }),
      scored: fc.array(fc.tuple(strategy, fc.integer())),
      isDrawn: fc.boolean(),
    })
    .map(({ scored, considered, rejected, isDrawn }) => ({
      kind: "chosen" as const,
      considered,
      rejected,
      by: scored.map(([name]) => name),
      scores: scored.map(([, score]) => score),
      isDrawn,
    })),
);
const container = fc.oneof(
  fc
    .constantFrom("PENDING" as const, "RUNNING" as const, "STOPPED" as const)
    .map((lastStatus) => aTaskContainer({ lastStatus, runtimeId: "f00d", exitCode: 0 })),
  fc.array(binding).map((networkBindings) => aTaskContainer({ networkBindings })),
  fc.array(fc.string()).map((gpuIds) => aTaskContainer({ gpuIds })),
);
const stopCode = fc.constantFrom("ServiceSchedulerInitiated" as const, "UserInitiated" as const);
const stoppedReason = fc.constantFrom(
  (deployment: string) => `Scaling activity initiated by (deployment ${deployment})`,
  () => "Task failed container health checks",
);
const task = fc
  .record(
    {
      startedBy: deploymentId,
      launchType: fc.constantFrom("EC2", "FARGATE"),
      desiredStatus: fc.constantFrom("RUNNING", "STOPPED"),
      lastStatus: fc.constantFrom("PENDING", "RUNNING", "STOPPED"),
      containers: fc.array(container),
      placement,
      history: fc.array(fc.record({ at: fc.nat(), to: fc.string(), cause }, plain)),
    },
    optional,
  )
  .map(aTask);
const stopped = fc
  .tuple(task, stopCode, stoppedReason)
  .map(([task, stopCode, stoppedReason]): Task =>
    aTask({ ...task, stopCode, stoppedReason: stoppedReason(task.startedBy ?? "") }),
  );

test("a task's short form says the same", () => {
  fc.assert(
    fc.property(fc.oneof(task, stopped), (task) => {
      const { cluster, id } = task;
      expect({ cluster, id, ...decodeTask(encodeTask(task)) }).toStrictEqual(task);
    }),
    { numRuns: 100 },
  );
});
