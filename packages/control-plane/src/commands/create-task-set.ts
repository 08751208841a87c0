import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import { taskDefinitionName, type TaskDefinition } from "@berth/domain/task-definition";
import type { TaskSet } from "@berth/domain/task-set";
import type { CommandContext } from "../context.ts";
import { randomDeploymentId } from "../random-ids.ts";
import { requestHash } from "../request-hash.ts";
import { writeTaskSets } from "./change-task-set.ts";
import { describeTaskSet } from "./describe-task-sets.ts";
import type { ExternalService } from "./external-service.ts";
import { activeCluster } from "./find-cluster.ts";
import { serviceName } from "./identifiers.ts";
import { checkLaunch, type LaunchCapacity } from "./launch-checks.ts";
import { withTaskSetChange } from "./service-change.ts";
import { startableDefinition } from "./startable-definition.ts";
import { validTags } from "./tags.ts";
import { checkClientToken } from "./task-members.ts";
import { validScale } from "./task-set-members.ts";
import { refuseUnsupported } from "./unsupported.ts";

const MAX_TOKEN_LENGTH = 36;
/** Also those that drain. Source: the text with which ECS refuses a sixth. */
const MAX_TASK_SETS = 5;

/**
 * Adds a task set to a service with an EXTERNAL deployment controller. Its tasks are started by the
 * service's controller, as many as its scale says; without one there are none.
 *
 * @throws EcsError ClientException, ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException, UnsupportedFeatureException
 */
export async function createTaskSet(
  context: CommandContext,
  request: EcsRequest<"CreateTaskSet">,
): Promise<EcsResponse<"CreateTaskSet">> {
  checkClientToken(request.clientToken, MAX_TOKEN_LENGTH);
  refuseUnsupported({
    "load balancers": request.loadBalancers,
    "service registries": request.serviceRegistries,
  });
  const { name: cluster, ...members } = await activeCluster(context, request.cluster);
  const service = serviceName(context.scope, cluster, request.service ?? "");
  const definition = await startableDefinition(context, request.taskDefinition);
  const capacity = checkLaunch(members, definition, request);
  const set = newTaskSet(context, request, { cluster, service, definition, capacity });
  const changed = await writeTaskSets(context, { cluster, service }, (before) => {
    if (earlierSet(before, set)) return undefined;
    if (before.taskSets.length >= MAX_TASK_SETS) throw tooMany();
    const after = { ...before, taskSets: [set, ...before.taskSets] };
    return withTaskSetChange(context, "CreateTaskSet", { before, after, id: set.id });
  });
  const created = earlierSet(changed, set) ?? set;
  return { taskSet: await describeTaskSet(context, changed, created, { includeTags: true }) };
}

interface Setting {
  readonly cluster: string;
  /** By its name. */
  readonly service: string;
  readonly definition: TaskDefinition;
  readonly capacity: LaunchCapacity;
}

function newTaskSet(
  context: CommandContext,
  request: EcsRequest<"CreateTaskSet">,
  { cluster, service, definition, capacity }: Setting,
): TaskSet {
  const { clientToken, externalId, ...parameters } = request;
  const now = context.now();
  return {
    id: randomDeploymentId(context),
    status: "ACTIVE",
    taskDefinition: taskDefinitionName(definition),
    ...capacity,
    scale: request.scale ? validScale(request.scale) : 0,
    tags: validTags(request.tags),
    createdAt: now,
    updatedAt: now,
    stabilityStatus: "STABILIZING",
    stabilityStatusAt: now,
    failures: { failedTasks: 0 },
    requestHash: requestHash({ ...parameters, externalId, cluster, service }),
    ...defined({ clientToken, externalId }),
  };
}

/** The one that the same call has made already, or made just now. */
function earlierSet({ taskSets }: ExternalService, wanted: TaskSet): TaskSet | undefined {
  const { clientToken, requestHash: hash, id } = wanted;
  const earlier = taskSets.find(
    (set) => set.id === id || (clientToken !== undefined && set.clientToken === clientToken),
  );
  if (!earlier || earlier.requestHash === hash) return earlier;
  throw invalid("Creation of task set was not idempotent.");
}

const tooMany = () =>
  invalid(
    `${MAX_TASK_SETS} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`,
  );

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
