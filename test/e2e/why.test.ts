import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CreateServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, CLI, eventually } from "./berth.ts";
import { createService, describeService, registerDemo, tasksOf } from "./demo.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({ instances: 2 });
});
afterAll(async () => berth.down());

const run = promisify(execFile);

/** What `berth why` prints. */
async function why(subject: string): Promise<string> {
  const args = [CLI, "why", subject, "--data-dir", berth.dataDir];
  return (await run(process.execPath, args)).stdout;
}

async function stoppedTasks(serviceName: string) {
  const { taskArns: tasks = [] } = await berth.ecs.send(
    new ListTasksCommand({ serviceName, desiredStatus: "STOPPED" }),
  );
  if (tasks.length === 0) return [];
  const described = await berth.ecs.send(new DescribeTasksCommand({ tasks }));
  return (described.tasks ?? []).filter(({ lastStatus }) => lastStatus === "STOPPED");
}

test("says what a service waits for and what would place its task, and then who stopped another", async () => {
  const portMappings = [{ containerPort: 80, hostPort: 18_081 }];
  await registerDemo(berth, "fixed", "1", { portMappings });
  await createService(berth, "fixed", "fixed:1", 3);
  const waiting = await eventually("two run and one waits", async () => {
    const { runningCount } = await describeService(berth, "fixed");
    const text = await why("fixed");
    return runningCount === 2 && text.includes("1 task finds no container instance") && text;
  });
  expect(waiting).toContain(
    "none of 2 ACTIVE container instances takes the next task\n  2 RESOURCE:PORTS\n",
  );
  expect(waiting).toContain("would fit without host port 18081/tcp, on container instance ");

  await berth.ecs.send(new UpdateServiceCommand({ service: "fixed", desiredCount: 1 }));
  const stopped = await eventually("one is stopped", async () =>
    (await stoppedTasks("fixed")).at(0),
  );
  const causes = (await why(stopped.taskArn ?? "")).split("\n");
  const first = causes.findIndex((line) => line.startsWith("Why it stops: "));
  expect(causes[first]).toContain("ServiceSchedulerInitiated: Scaling activity initiated by");
  expect(causes.slice(first + 1, first + 5)).toEqual([
    expect.stringMatching(/ UpdateService by arn:aws:iam::.* set the desired count to 1\.$/),
    expect.stringMatching(/ Deployment ecs-svc\/\d+ of service fixed asked it to stop: /),
    expect.stringMatching(/ Container web exited with code \d+/),
    expect.stringMatching(/ Its agent reported it STOPPED\.$/),
  ]);
});

test("traces the stop of a task on an instance that drains to who asked for that", async () => {
  const [task] = await tasksOf(berth, "fixed");
  await berth.ecs.send(
    new UpdateContainerInstancesStateCommand({
      containerInstances: [task?.containerInstanceArn ?? ""],
      status: "DRAINING",
    }),
  );
  await eventually("it is replaced and stopped", async () =>
    (await stoppedTasks("fixed")).find(({ taskArn }) => taskArn === task?.taskArn),
  );
  expect(await why(task?.taskArn ?? "")).toMatch(
    /\nWhy it stops: .*\n.* UpdateContainerInstancesState by arn:aws:iam::.* set container instance \w+ to DRAINING\.\n.* asked it to stop while its container instance drained: /,
  );
});

test("says why a deployment failed, and how its tasks ended", async () => {
  await registerDemo(berth, "broken", "1", { entryPoint: ["/no-such-program"] });
  await berth.ecs.send(
    new CreateServiceCommand({
      serviceName: "broken",
      taskDefinition: "broken:1",
      desiredCount: 3,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  );
  const failed = await eventually("the circuit breaker trips", async () => {
    const text = await why("broken");
    return text.includes(" FAILED") && text;
  });
  expect(failed).toMatch(
    /FAILED, so that nothing more is started for it: ECS deployment circuit breaker: tasks failed/,
  );
  const [task] = await stoppedTasks("broken");
  const text = await why(task?.taskArn ?? "");
  expect(text).toMatch(/Why it stops: TaskFailedToStart: CannotStartContainerError/);
  expect(text).toMatch(/ Container web did not start: CannotStartContainerError/);
});
