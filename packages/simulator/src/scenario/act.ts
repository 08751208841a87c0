import { setAlarm } from "@berth/control-plane/rest/alarms";
import { taskArn } from "@berth/domain/arn";
import { serviceGroup } from "@berth/domain/task";
import { loseMachine } from "../plan/change.ts";
import type { SimulatedAgent } from "../world/simulated-agent.ts";
import { counted } from "./event-text.ts";
import { changeTaskSets, isTaskSetAction } from "./task-set-actions.ts";
import type { Action, InstanceChoice, TaskChoice } from "./scenario.ts";
import { join } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** UpdateContainerInstancesState takes so many. */
const INSTANCES_AT_A_TIME = 10;

/**
 * Does what the action says, as somebody would or as it would happen.
 *
 * @returns what there is to say about it, such as failures of RunTask
 * @throws EcsError where the control plane refuses
 */
export async function act(stage: Stage, action: Action): Promise<string> {
  const { world, cluster } = stage;
  if ("instances" in action) return touchInstances(stage, action);
  if ("tasks" in action) return endTasks(stage, action.kind, action.tasks);
  if (isTaskSetAction(action)) return changeTaskSets(stage, action);
  switch (action.kind) {
    case "registerTaskDefinition":
      await world.call("RegisterTaskDefinition", action.request);
      return "";
    case "createService":
      await world.call("CreateService", { cluster, ...action.request });
      return "";
    case "updateService":
      await world.call("UpdateService", { cluster, ...action.request });
      return "";
    case "deleteService":
      await world.call("DeleteService", { cluster, ...action.request });
      return "";
    case "runTask":
      return runTask(stage, action.request);
    case "behave":
      stage.behaviours.tell(action.behaviour);
      return "";
    case "joinInstances":
      await join(stage, action.template);
      return "";
    case "setAlarm":
      await world.untilAlive((context) => setAlarm(context, action.name, action.setting));
      return "";
  }
}

async function runTask(
  { world, cluster }: Stage,
  request: Extract<Action, { kind: "runTask" }>["request"],
): Promise<string> {
  const { failures = [] } = await world.call("RunTask", { cluster, ...request });
  const reasons = [...new Set(failures.map(({ reason = "" }) => reason))];
  return reasons.length === 0 ? "" : `not all placed: ${reasons.join(", ")}`;
}

async function endTasks(
  { world, view, cluster }: Stage,
  kind: "stopTasks" | "killTasks",
  { service, count }: TaskChoice,
): Promise<string> {
  const group = serviceGroup(service);
  const running = [...view.tasks.values()].filter(
    (task) => task.group === group && task.lastStatus === "RUNNING",
  );
  const victims = world.random.sample(running, count);
  for (const { id, containerInstanceId } of victims) {
    if (kind === "stopTasks") await world.call("StopTask", { cluster, task: id });
    else {
      const agent = world.agents.find((each) => each.id === containerInstanceId);
      agent?.tasks.kill(taskArn(world.scope, cluster, id));
    }
  }
  return counted(victims.length, "task");
}

type InstanceAction = Extract<Action, { readonly instances: InstanceChoice }>;

async function touchInstances(stage: Stage, action: InstanceAction): Promise<string> {
  const chosen = choose(stage, action);
  switch (action.kind) {
    case "drainInstances":
      await setState(stage, chosen, "DRAINING");
      break;
    case "activateInstances":
      await setState(stage, chosen, "ACTIVE");
      break;
    case "loseInstances":
      for (const agent of chosen) await loseMachine(stage.world, agent, action.notice);
      break;
    case "returnInstances":
      for (const agent of chosen) stage.world.spawn(async () => agent.comeBack());
      break;
    case "slowAgents":
      for (const agent of chosen) agent.slowness = action.factor;
      break;
  }
  return counted(chosen.length, "instance");
}

/** Of those that are on; for a return, of those that are off. */
function choose({ world }: Stage, { kind, instances }: InstanceAction): readonly SimulatedAgent[] {
  const { zone, count = Number.POSITIVE_INFINITY } = instances;
  const able = world.agents.filter(
    (agent) =>
      agent.isOn === (kind !== "returnInstances") && (zone === undefined || agent.zone === zone),
  );
  return count >= able.length ? able : world.random.sample(able, count);
}

async function setState(
  { world, cluster }: Stage,
  agents: readonly SimulatedAgent[],
  status: "DRAINING" | "ACTIVE",
): Promise<void> {
  for (let from = 0; from < agents.length; from += INSTANCES_AT_A_TIME) {
    const chunk = agents.slice(from, from + INSTANCES_AT_A_TIME);
    const containerInstances = chunk.map(({ id }) => id);
    await world.call("UpdateContainerInstancesState", { cluster, containerInstances, status });
  }
}
