import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import type { ContainerDefinition, ContainerInstance, Task } from "@aws-sdk/client-ecs";
import type { CreateAccessKeyBody, CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import { afterAll, afterEach, assert, beforeAll } from "vitest";
import { signedFetch } from "../../e2e/signed-fetch.ts";
import { eventually } from "../api/eventually.ts";
import { type OneMachine, startOneMachine } from "../api/one-machine.ts";
import { type Keyed, ScriptedAgent } from "./scripted-agent.ts";

/** One machine for a file of tests, each of which has a cluster of its own. */
export class ProtocolStage {
  #started: OneMachine | undefined;
  #clusters = 0;
  readonly #agents: ScriptedAgent[] = [];

  /** @param env Shorter times than the control plane's own, by the names of their variables. */
  constructor(env: Readonly<Record<string, string>> = {}) {
    beforeAll(async () => {
      this.#started = await startOneMachine(env);
    });
    // Whatever a test is about: no agent may be sent anything that breaks a rule.
    afterEach(() => {
      assert.deepEqual(
        this.#agents.flatMap((agent) => agent.faults),
        [],
      );
    });
    afterAll(async () => {
      for (const { sockets } of this.#agents) for (const socket of sockets) socket.terminate();
      await this.#started?.stop();
    });
  }

  get machine(): OneMachine {
    if (!this.#started) throw new Error("the machine is not started yet");
    return this.#started;
  }

  async cluster(): Promise<string> {
    this.#clusters += 1;
    const clusterName = `c${this.#clusters}`;
    await this.machine.ecs.send(new CreateClusterCommand({ clusterName }));
    return clusterName;
  }

  /** An agent that has registered, in a cluster of its own unless one is named. */
  async agent(
    options: {
      readonly keyed?: Keyed;
      readonly cluster?: string;
      readonly members?: Readonly<Record<string, unknown>>;
    } = {},
  ): Promise<ScriptedAgent> {
    const { keyed = this.machine, cluster = await this.cluster(), members } = options;
    return this.watched(await ScriptedAgent.register(keyed, cluster, members));
  }

  /** Has all that this agent is sent checked as well. */
  watched(agent: ScriptedAgent): ScriptedAgent {
    this.#agents.push(agent);
    return agent;
  }

  /** Runs so many tasks of one container each and returns their ARNs. */
  async run(cluster: string, container: Partial<ContainerDefinition> = {}, count = 1) {
    const family = `f${cluster}`;
    await this.machine.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        containerDefinitions: [{ name: "app", image: "busybox", memory: 16, ...container }],
      }),
    );
    const command = new RunTaskCommand({ cluster, taskDefinition: family, count });
    const { tasks = [], failures = [] } = await this.machine.ecs.send(command);
    if (failures.length > 0) throw new Error(`not placed: ${JSON.stringify(failures)}`);
    return tasks.map(({ taskArn = "" }) => taskArn);
  }

  async task(cluster: string, taskArn: string): Promise<Task> {
    const command = new DescribeTasksCommand({ cluster, tasks: [taskArn] });
    const { tasks = [] } = await this.machine.ecs.send(command);
    const [task] = tasks;
    if (!task) throw new Error(`no task ${taskArn}`);
    return task;
  }

  async instance({ cluster, arn }: ScriptedAgent): Promise<ContainerInstance> {
    const command = new DescribeContainerInstancesCommand({
      cluster,
      containerInstances: [arn],
      include: ["TAGS", "CONTAINER_INSTANCE_HEALTH"],
    });
    const { containerInstances = [] } = await this.machine.ecs.send(command);
    const [instance] = containerInstances;
    if (!instance) throw new Error(`no container instance ${arn}`);
    return instance;
  }

  async untilConnected(agent: ScriptedAgent, is: boolean): Promise<void> {
    await eventually(`${agent.arn} is ${is ? "" : "not "}connected`, async () => {
      return (await this.instance(agent)).agentConnected === is;
    });
  }

  /** A key of Berth's own, and how it is taken away. */
  async key(body: CreateAccessKeyBody): Promise<Keyed & { readonly revoke: () => Promise<void> }> {
    const key = (await this.#rest("POST", "/v1/access-keys", body)) as CreatedAccessKey;
    const { accessKeyId, secretAccessKey } = key;
    return {
      endpoint: { ...this.machine.endpoint, accessKeyId, secretAccessKey },
      revoke: async () => {
        await this.#rest("PATCH", `/v1/access-keys/${accessKeyId}`, { status: "Inactive" });
      },
    };
  }

  async #rest(method: string, path: string, body: object): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const request = { method, path, headers, body: JSON.stringify(body) };
    const response = await signedFetch(this.machine, request);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  }
}
