import {
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import {
  createService,
  describeService,
  registerDemo,
  runtimeIds,
  stable,
  tasksOf,
} from "./demo.ts";
import { explain } from "./explain.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({
    env: {
      BERTH_INSTANCE_LOST_AFTER_MS: "3000",
      BERTH_HEARTBEAT_INTERVAL_MS: "2000",
      BERTH_LEASE_MS: "6000",
    },
  });
});
afterAll(async () => berth.down());

describe("host ports", () => {
  test("a fourth task with a static port stays unplaced, with the reason of each instance", async () => {
    const fixed = { portMappings: [{ containerPort: 80, hostPort: 18_080 }] };
    await registerDemo(berth, "fixed", "1", fixed);
    await createService(berth, "fixed", "fixed:1", 4);
    const waiting = await eventually("three run and one waits", async () => {
      const { runningCount } = await describeService(berth, "fixed");
      const explained = await explain(berth, "fixed");
      return runningCount === 3 && explained.waiting.length > 0 && explained.waiting;
    });
    expect(waiting).toHaveLength(1);
    expect(waiting[0]?.instances).toHaveLength(3);
    for (const { reason, detail } of waiting[0]?.instances ?? []) {
      expect(reason).toBe("RESOURCE:PORTS");
      expect(detail).toContain("18080");
    }
    const { events = [] } = await describeService(berth, "fixed");
    expect(
      events.some(({ message }) =>
        /is already using a port required by your task/.test(message ?? ""),
      ),
    ).toBe(true);
  });

  test("RunTask answers the same at once, as failures", async () => {
    const { tasks, failures } = await berth.ecs.send(
      new RunTaskCommand({ taskDefinition: "fixed" }),
    );
    expect(tasks).toEqual([]);
    expect(failures?.map(({ reason }) => reason)).toEqual(Array(3).fill("RESOURCE:PORTS"));
  });

  test("many copies with dynamic ports share an instance", async () => {
    await registerDemo(berth, "many", "1");
    await createService(berth, "many", "many:1", 9);
    await stable(berth, "many");
    const tasks = await tasksOf(berth, "many");
    const perInstance = Map.groupBy(tasks, (task) => task.containerInstanceArn);
    expect([...perInstance.values()].map((each) => each.length)).toEqual([3, 3, 3]);
  });
});

describe("an agent that is away for too long", () => {
  test("loses its tasks to the others and stops them when it returns", async () => {
    const before = await tasksOf(berth, "many");
    const agent = berth.pidOf("agent-3");
    process.kill(agent, "SIGSTOP");
    const lost = await eventually(
      "one instance counts as disconnected",
      async () => {
        const all = await instances();
        return all.find((instance) => instance.agentConnected === false);
      },
      180_000,
    );
    await eventually("nine run on the other two", async () => {
      const tasks = await tasksOf(berth, "many");
      const running = tasks.filter((task) => task.lastStatus === "RUNNING");
      const elsewhere = running.filter(
        (task) => task.containerInstanceArn !== lost.containerInstanceArn,
      );
      return elsewhere.length === 9;
    });
    process.kill(agent, "SIGCONT");
    await eventually("stale containers are gone, and exactly the desired ones run", async () => {
      const tasks = await tasksOf(berth, "many");
      const running = await berth.runningContainers();
      const mine = running.filter(
        ({ Labels }) => Labels["com.amazonaws.ecs.task-definition-family"] === "many",
      );
      return (
        tasks.length === 9 &&
        String(mine.map(({ Id }) => Id).toSorted()) === String(runtimeIds(tasks))
      );
    });
    const survivors = new Set(runtimeIds(await tasksOf(berth, "many")));
    const kept = before.filter((task) => task.containerInstanceArn !== lost.containerInstanceArn);
    expect(runtimeIds(kept).every((id) => survivors.has(id))).toBe(true);
  });
});

async function instances() {
  const { containerInstanceArns = [] } = await berth.ecs.send(
    new ListContainerInstancesCommand({}),
  );
  const { containerInstances = [] } = await berth.ecs.send(
    new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns }),
  );
  return containerInstances;
}
