import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { taskArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { Task } from "@berth/domain/task";
import { serviceGroup } from "@berth/domain/task";
import type { PageRequest } from "@berth/store/store";
import type { Page } from "@berth/store/table";
import type { CommandContext } from "../context.ts";
import { activeCluster, findInCluster } from "./find-cluster.ts";
import { containerInstanceId, serviceName } from "./identifiers.ts";
import { nextToken, pageRequest } from "./paging.ts";
import { unsupported } from "./unsupported.ts";

/** A bound on what one request reads; callers go on from the token of a short page. */
const MAX_PAGES_READ = 20;

/** @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotFoundException */
export async function listTasks(
  context: CommandContext,
  request: EcsRequest<"ListTasks">,
): Promise<EcsResponse<"ListTasks">> {
  const page = pageRequest(request);
  checkStartedByAlone(request);
  const { cluster, group } = await whereToLook(context, request);
  const filter = filterOf(context, { cluster, group }, request);
  const { items, next } = await findTasks(context, filter, page);
  return {
    taskArns: items.map((task) => taskArn(context.scope, cluster, task.id)),
    ...nextToken(next),
  };
}

function checkStartedByAlone(request: EcsRequest<"ListTasks">): void {
  if (request.daemonName !== undefined) throw unsupported("daemons", "ClientException");
  const { startedBy, containerInstance, family, launchType, serviceName } = request;
  const others = [containerInstance, family, launchType, serviceName];
  if (startedBy !== undefined && others.some((other) => other !== undefined)) {
    throw new EcsError("InvalidParameterException", "startedBy must be the only filter.");
  }
}

interface TaskFilter {
  readonly cluster: string;
  readonly group?: string;
  readonly containerInstanceId?: string;
  readonly desiredStatus: Task["desiredStatus"];
  readonly matches: (task: Task) => boolean;
}

function filterOf(
  context: CommandContext,
  { cluster, group }: Place,
  request: EcsRequest<"ListTasks">,
): TaskFilter {
  const instance =
    request.containerInstance === undefined
      ? undefined
      : containerInstanceId(context.scope, cluster, request.containerInstance);
  const desiredStatus = request.desiredStatus ?? "RUNNING";
  const { family, startedBy, launchType } = request;
  const wanted: readonly (readonly [unknown, (task: Task) => unknown])[] = [
    [group, (task) => task.group],
    [instance, (task) => task.containerInstanceId],
    [family, (task) => task.taskDefinition.replace(/:\d+$/, "")],
    [startedBy, (task) => task.startedBy],
    [launchType, (task) => task.launchType],
    [desiredStatus, (task) => task.desiredStatus],
  ];
  return {
    cluster,
    // ECS knows a PENDING filter that never matches: no task desires to be PENDING.
    desiredStatus: desiredStatus === "STOPPED" ? "STOPPED" : "RUNNING",
    ...(group !== undefined && { group }),
    ...(instance !== undefined && { containerInstanceId: instance }),
    matches: (task) =>
      wanted.every(([value, actual]) => value === undefined || value === actual(task)),
  };
}

interface Place {
  readonly cluster: string;
  readonly group: string | undefined;
}

async function whereToLook(
  context: CommandContext,
  request: Pick<EcsRequest<"ListTasks">, "cluster" | "serviceName">,
): Promise<Place> {
  const given = request.serviceName;
  if (given === undefined) {
    return { cluster: (await activeCluster(context, request.cluster)).name, group: undefined };
  }
  const { cluster, found } = await findInCluster(
    context,
    request.cluster,
    (name) => context.store.services.find(name, serviceName(context.scope, name, given)),
    (service) => service?.status === "ACTIVE",
  );
  if (found) return { cluster, group: serviceGroup(found.name) };
  throw new EcsError("ServiceNotFoundException", "Service not found.");
}

const findTasks = (context: CommandContext, filter: TaskFilter, page: PageRequest) =>
  filter.containerInstanceId !== undefined && filter.desiredStatus === "RUNNING"
    ? findOnInstance(context, filter, { ...page, containerInstanceId: filter.containerInstanceId })
    : findByPages(context, filter, page);

/** An instance's ledger names its tasks, so the others of the cluster need not be read. */
async function findOnInstance(
  context: CommandContext,
  filter: TaskFilter,
  page: PageRequest & { readonly containerInstanceId: string },
): Promise<Page<Task>> {
  const { instances, tasks } = context.store;
  const ledger = await instances.findLedger(filter.cluster, page.containerInstanceId);
  const ids = Object.keys(ledger?.reservations ?? {})
    .filter((id) => id > (page.startAfter ?? ""))
    .toSorted()
    .slice(0, page.limit);
  const found = await tasks.findMany(filter.cluster, ids);
  const items = found.filter(filter.matches).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const last = ids.at(-1);
  return ids.length === page.limit && last !== undefined ? { items, next: last } : { items };
}

interface Position {
  /** Live tasks come first, archived ones after them. */
  readonly archived: boolean;
  readonly startAfter?: string;
}

async function findByPages(
  context: CommandContext,
  filter: TaskFilter,
  page: PageRequest,
): Promise<Page<Task>> {
  const items: Task[] = [];
  let position: Position | undefined = parsePosition(page.startAfter);
  for (let read = 0; position && items.length < page.limit && read < MAX_PAGES_READ; read += 1) {
    const { archived, startAfter }: Position = position;
    const { cluster, group } = filter;
    const found = await context.store.tasks.page(
      { cluster, archived, ...(group !== undefined && { group }) },
      { limit: page.limit - items.length, ...(startAfter !== undefined && { startAfter }) },
    );
    items.push(...found.items.filter(filter.matches));
    position = nextPosition(filter, position, found.next);
  }
  return position ? { items, next: formatPosition(position) } : { items };
}

function nextPosition(
  filter: TaskFilter,
  { archived }: Position,
  next: string | undefined,
): Position | undefined {
  if (next !== undefined) return { archived, startAfter: next };
  return !archived && filter.desiredStatus === "STOPPED" ? { archived: true } : undefined;
}

const formatPosition = ({ archived, startAfter }: Position): string =>
  `${archived ? "archived" : "live"}:${startAfter ?? ""}`;

function parsePosition(text: string | undefined): Position {
  if (text === undefined) return { archived: false };
  const [phase, ...rest] = text.split(":");
  const startAfter = rest.join(":");
  return { archived: phase === "archived", ...(startAfter && { startAfter }) };
}
