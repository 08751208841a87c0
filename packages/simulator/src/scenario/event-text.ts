import { isTaskSetAction, taskSetText } from "./task-set-actions.ts";
import type { Action, InstanceChoice, TaskChoice, TaskSetAction } from "./scenario.ts";

/** One line about what is done. */
export function eventText(action: Action, times: number): string {
  const text = textOf(action);
  return times === 1 ? text : `${text}, ${times} times`;
}

function textOf(action: Action): string {
  if ("instances" in action) return instancesText(action);
  return isTaskSetAction(action) ? taskSetText(action) : otherText(action);
}

type OtherAction = Exclude<Action, TaskSetAction | { readonly instances: InstanceChoice }>;

function otherText(action: OtherAction): string {
  if ("tasks" in action) return tasksText(action);
  switch (action.kind) {
    case "registerTaskDefinition":
      return `register task definition ${action.request.family}`;
    case "createService":
      return `create service ${action.request.serviceName}`;
    case "updateService":
      return `update service ${action.request.service}${changesOf(action.request)}`;
    case "deleteService":
      return `delete service ${action.request.service}`;
    case "runTask":
      return `run ${action.request.count ?? 1} of ${action.request.taskDefinition}`;
    case "joinInstances":
      return `${counted(action.template.count, "instance")} join`;
    case "behave":
      return `tasks of ${action.behaviour.taskDefinition} behave otherwise`;
    case "setAlarm":
      return `alarm ${action.name} goes to ${action.setting.state}`;
  }
}

function tasksText({ kind, tasks }: Extract<Action, { readonly tasks: TaskChoice }>): string {
  const some = counted(tasks.count, "task");
  return kind === "stopTasks"
    ? `stop ${some} of ${tasks.service}`
    : `of ${tasks.service} ${some} exit`;
}

function instancesText(action: Extract<Action, { readonly instances: InstanceChoice }>): string {
  switch (action.kind) {
    case "drainInstances":
      return `drain ${choiceText(action.instances)}`;
    case "activateInstances":
      return `activate ${choiceText(action.instances)}`;
    case "loseInstances":
      return `lose ${choiceText(action.instances)}${action.notice ? ", told by EC2" : ""}`;
    case "returnInstances":
      return `${choiceText(action.instances)} return`;
    case "slowAgents":
      return `${choiceText(action.instances)} start tasks ${action.factor} times as slowly`;
  }
}

function changesOf(request: Extract<Action, { kind: "updateService" }>["request"]): string {
  const { desiredCount, taskDefinition, forceNewDeployment } = request;
  const changes = [
    ...(taskDefinition === undefined ? [] : [`to ${taskDefinition}`]),
    ...(desiredCount === undefined ? [] : [`to ${desiredCount} tasks`]),
    ...(forceNewDeployment ? ["with a new deployment"] : []),
  ];
  return changes.map((change) => ` ${change}`).join(",");
}

function choiceText({ count, zone }: InstanceChoice): string {
  const instances = count === undefined ? "all instances" : counted(count, "instance");
  return zone === undefined ? instances : `${instances} of ${zone}`;
}

export const counted = (count: number, noun: "instance" | "task"): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;
