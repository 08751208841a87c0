import type { Service, TaskSet } from "@aws-sdk/client-ecs";
import { lastSegment } from "@berth/domain/arn";
import type { Call, Expectation, ExpectedTaskSet, TaskSetScenario } from "./scenario.ts";

const SERVICE = "shop";

/** Where a scenario is played: the control plane as a client sees it. */
export interface Stage {
  readonly cluster: string;
  /** Ids of the container instances. */
  readonly instances: readonly string[];
  call(operation: Call["do"] | "DescribeServices" | "ListTasks", request: object): Promise<object>;
  /** Asks again until there are no problems, or it is too late for that. */
  untilNone(ask: () => Promise<readonly string[]>): Promise<readonly string[]>;
}

/** Plays a scenario to its end: a sentence for each thing that was not as it says. */
export async function play(stage: Stage, scenario: TaskSetScenario): Promise<readonly string[]> {
  const player = new Player(stage);
  if (scenario.desiredCount !== undefined) await player.createService(scenario.desiredCount);
  for (const [index, step] of scenario.steps.entries()) {
    const problems =
      "atRest" in step
        ? await stage.untilNone(async () => player.check(step.atRest))
        : await player.carryOut(step);
    if (problems.length > 0) return problems.map((problem) => `step ${index + 1}: ${problem}`);
  }
  return [];
}

interface Refusal {
  readonly name: string;
  readonly message: string;
}

class Player {
  readonly #stage: Stage;
  /** Ids of task sets, by the names that the scenario gives them. */
  readonly #ids = new Map<string, string>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async createService(desiredCount: number): Promise<void> {
    const deploymentController = { type: "EXTERNAL" };
    const { cluster } = this.#stage;
    await this.#stage.call("CreateService", {
      cluster,
      serviceName: SERVICE,
      desiredCount,
      deploymentController,
    });
  }

  async carryOut(call: Call): Promise<readonly string[]> {
    try {
      const answer = await this.#stage.call(call.do, await this.#requestOf(call));
      if (call.error) return [`${call.do} was not refused`];
      return this.#checkAnswer(call, answer);
    } catch (error) {
      const { name, message } = error as Refusal;
      return compare("error", { code: name, message }, call.error);
    }
  }

  async #requestOf({ do: operation, set, request }: Call): Promise<object> {
    const { cluster, instances } = this.#stage;
    const id = set === undefined ? undefined : (this.#ids.get(set) ?? set);
    if (operation === "CreateService") return { cluster, serviceName: SERVICE, ...request };
    if (operation === "StopTask") return { cluster, task: await this.#oneTaskOf(id) };
    if (operation === "UpdateContainerInstancesState") {
      return { cluster, containerInstances: instances.slice(0, 1), ...request };
    }
    return { cluster, service: SERVICE, ...naming(operation, id), ...request };
  }

  async #oneTaskOf(startedBy: string | undefined): Promise<string | undefined> {
    const { cluster } = this.#stage;
    const request = { cluster, startedBy };
    const { taskArns } = (await this.#stage.call("ListTasks", request)) as { taskArns: string[] };
    return taskArns[0];
  }

  #checkAnswer(call: Call, answer: object): readonly string[] {
    const { taskSet, taskSets, failures } = answer as Answer;
    const [shown = taskSet] = taskSets ?? [];
    if (call.do === "CreateTaskSet" && call.set !== undefined && taskSet?.id !== undefined) {
      this.#ids.set(call.set, taskSet.id);
    }
    return [
      ...(call.answer ? comparePart("answer", presentSet(shown), call.answer) : []),
      ...(call.missing
        ? compare(
            "missing",
            failures?.map(({ arn = "", reason }) => [arn.split("/").slice(-2).join("/"), reason]),
            call.missing.map((id) => [id, "MISSING"]),
          )
        : []),
    ];
  }

  /** What of this does not hold now. */
  async check({ sets, service: expected }: Expectation): Promise<readonly string[]> {
    const { cluster } = this.#stage;
    const request = { cluster, services: [SERVICE], include: ["TAGS"] };
    const answer = (await this.#stage.call("DescribeServices", request)) as Answer;
    const [service] = answer.services ?? [];
    const found = service?.taskSets ?? [];
    const nameOf = (id = "") => this.#ids.entries().find(([, each]) => each === id)?.[0] ?? id;
    return [
      ...compare(
        "sets",
        found.map(({ id }) => nameOf(id)).toSorted(),
        Object.keys(sets).toSorted(),
      ),
      ...found.flatMap((set) =>
        comparePart(nameOf(set.id), presentSet(set), sets[nameOf(set.id)] ?? {}),
      ),
      ...(expected ? comparePart("service", presentService(service), expected) : []),
    ];
  }
}

/** The member of a request that says which set it is about. */
function naming(operation: Call["do"], id: string | undefined): object {
  if (id === undefined || operation === "CreateTaskSet") return {};
  if (operation === "DescribeTaskSets") return { taskSets: [id] };
  return operation === "UpdateServicePrimaryTaskSet" ? { primaryTaskSet: id } : { taskSet: id };
}

interface Answer {
  readonly taskSet?: TaskSet;
  readonly taskSets?: readonly TaskSet[];
  readonly services?: readonly Service[];
  readonly failures?: readonly { readonly arn?: string; readonly reason?: string }[];
}

const presentSet = (set: TaskSet | undefined): ExpectedTaskSet & Record<string, unknown> => ({
  ...(set as object),
  taskDefinition: lastSegment(set?.taskDefinition ?? ""),
  scale: set?.scale?.value,
  tags: Object.fromEntries((set?.tags ?? []).map(({ key = "", value = "" }) => [key, value])),
});

const presentService = (service: Service | undefined): Readonly<Record<string, unknown>> => ({
  ...(service as object),
  taskDefinition: lastSegment(service?.taskDefinition ?? "none"),
  deployments: service?.deployments?.length,
});

const comparePart = (
  what: string,
  actual: Readonly<Record<string, unknown>>,
  expected: object,
): readonly string[] =>
  Object.entries(expected).flatMap(([member, value]) =>
    compare(`${what}.${member}`, actual[member], value),
  );

const compare = (what: string, actual: unknown, expected: unknown): readonly string[] => {
  const [is, shall] = [JSON.stringify(actual), JSON.stringify(expected)];
  return is === shall ? [] : [`${what}: ${is}, expected: ${shall}`];
};
