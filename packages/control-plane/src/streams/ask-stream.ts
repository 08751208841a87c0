import type { ExecBody, LogsBody, PortForwardBody } from "@berth/contracts/rest/streams";
import type { StreamTicket } from "@berth/contracts/rest/streams";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { Task } from "@berth/domain/task";
import type { CommandContext } from "../context.ts";
import { findTask, type TaskRequest } from "../rest/find-task.ts";
import { openStream } from "./open-stream.ts";

/**
 * A session for a program in a container: `POST /v1/tasks/{id}/exec`. As ECS has it, the task must
 * have been run with that enabled.
 *
 * @throws EcsError what `findTask` and `openStream` throw, ConflictException, InvalidParameterException
 */
export async function askForExec(
  context: CommandContext,
  request: TaskRequest,
  { container, command, tty }: ExecBody,
): Promise<StreamTicket> {
  const task = await findTask(context, request);
  const name = onlyContainer(task, container);
  if (task.enableExecuteCommand !== true) {
    throw new EcsError(
      "ConflictException",
      `Task ${task.id} was run without enableExecuteCommand: no command may be executed in it.`,
    );
  }
  checkRuns(task, name);
  return openStream(context, task, { kind: "exec", container: name, command, tty });
}

/**
 * A session for what a task's containers write: `POST /v1/tasks/{id}/logs`. A stopped task has logs
 * for as long as its containers are there.
 *
 * @throws EcsError what `findTask` and `openStream` throw, InvalidParameterException
 */
export async function askForLogs(
  context: CommandContext,
  request: TaskRequest,
  { container, follow, tail, since }: LogsBody,
): Promise<StreamTicket> {
  const task = await findTask(context, request);
  if (container !== undefined) checkContainer(task, container);
  const from = since === undefined ? undefined : Date.parse(since);
  const asked = defined({ container, tail, since: from });
  return openStream(context, task, { kind: "logs", follow, ...asked });
}

/**
 * A session for connections to a port of a container: `POST /v1/tasks/{id}/port-forward`.
 *
 * @throws EcsError what `findTask` and `openStream` throw, ConflictException, InvalidParameterException
 */
export async function askForPort(
  context: CommandContext,
  request: TaskRequest,
  { container, port }: PortForwardBody,
): Promise<StreamTicket> {
  const task = await findTask(context, request);
  const name = onlyContainer(task, container, port);
  checkRuns(task, name);
  return openStream(context, task, { kind: "portForward", container: name, port });
}

/** The one that is named, the only one, or the only one that publishes the port. */
function onlyContainer(task: Task, name: string | undefined, port?: number): string {
  if (name !== undefined) {
    checkContainer(task, name);
    return name;
  }
  const [only, ...others] = task.containers;
  if (only && others.length === 0) return only.name;
  const publishing = task.containers.filter(({ networkBindings = [] }) =>
    networkBindings.some(({ containerPort }) => containerPort === port),
  );
  const [publisher, ...more] = publishing;
  if (publisher && more.length === 0) return publisher.name;
  throw invalid(`container: task ${task.id} has several: ${namesOf(task)}. Name one of them.`);
}

function checkContainer(task: Task, name: string): void {
  if (task.containers.some((each) => each.name === name)) return;
  throw invalid(`container: task ${task.id} has none with that name, but ${namesOf(task)}.`);
}

function checkRuns(task: Task, container: string): void {
  const status = task.containers.find(({ name }) => name === container)?.lastStatus;
  if (task.lastStatus === "RUNNING" && status === "RUNNING") return;
  const what =
    task.lastStatus === "RUNNING"
      ? `Container ${container} of task ${task.id} is ${status}`
      : `Task ${task.id} is ${task.lastStatus}`;
  throw new EcsError("ConflictException", `${what}: it has to be RUNNING.`);
}

const namesOf = ({ containers }: Task): string => containers.map(({ name }) => name).join(", ");

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
