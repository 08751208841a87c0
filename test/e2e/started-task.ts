import {
  DescribeTasksCommand,
  StartTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type Docker from "dockerode";
import { type Berth, eventually } from "./berth.ts";

/** All that an engine knows of these container instances, whatever its state. */
export async function containersOf(docker: Docker, ...instances: readonly string[]) {
  const lists = instances.map((arn) =>
    docker.listContainers({
      all: true,
      filters: { label: [`berth.container-instance-arn=${arn}`] },
    }),
  );
  return (await Promise.all(lists)).flat();
}

/** A task on one container instance, followed by what the API says of it. */
export class StartedTask {
  readonly arn: string;
  readonly #berth: Berth;
  readonly #timeoutMs: number | undefined;

  private constructor(berth: Berth, arn: string, timeoutMs: number | undefined) {
    this.#berth = berth;
    this.arn = arn;
    this.#timeoutMs = timeoutMs;
  }

  /** Asks for one of the definition, and waits until it runs. */
  static async on(
    berth: Berth,
    instance: string,
    taskDefinition: string,
    timeoutMs?: number,
  ): Promise<StartedTask> {
    const { tasks = [], failures } = await berth.ecs.send(
      new StartTaskCommand({ taskDefinition, containerInstances: [instance] }),
    );
    const arn = tasks[0]?.taskArn;
    if (arn === undefined) throw new Error(`nothing was started: ${JSON.stringify(failures)}`);
    const task = new StartedTask(berth, arn, timeoutMs);
    await task.once("RUNNING");
    return task;
  }

  once(status: "RUNNING" | "STOPPED"): Promise<Task> {
    const reached = async () => {
      const { tasks = [] } = await this.#berth.ecs.send(
        new DescribeTasksCommand({ tasks: [this.arn] }),
      );
      const [task] = tasks;
      if (task?.lastStatus === "STOPPED" && status !== "STOPPED") {
        throw new Error(`it stopped: ${JSON.stringify([task.stoppedReason, task.containers])}`);
      }
      return task?.lastStatus === status && task;
    };
    return eventually(`${this.arn} to be ${status}`, reached, this.#timeoutMs);
  }

  async stop(): Promise<void> {
    await this.#berth.ecs.send(new StopTaskCommand({ task: this.arn }));
    await this.once("STOPPED");
  }
}
