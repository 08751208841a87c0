import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { computedDesiredCount } from "@berth/domain/task-set";

/** Whether an outside controller is to make the deployments of the service. */
export const asksForExternal = ({
  deploymentController,
}: Pick<EcsRequest<"CreateService">, "deploymentController">): boolean =>
  deploymentController?.type === "EXTERNAL";

const BLANK = "must be blank.";
const EMPTY = "must be empty or null.";

/** What belongs to the task sets of such a service, with the end of the text that refuses it. */
const MEMBERS_OF_TASK_SETS = {
  taskDefinition: BLANK,
  launchType: BLANK,
  platformVersion: BLANK,
  networkConfiguration: "must be null.",
  loadBalancers: EMPTY,
  serviceRegistries: EMPTY,
  capacityProviderStrategy: EMPTY,
  volumeConfigurations: EMPTY,
  serviceConnectConfiguration: "must be null.",
  vpcLatticeConfigurations: EMPTY,
} as const satisfies Partial<Record<keyof EcsRequest<"CreateService">, string>>;

/**
 * Refuses what a service with task sets cannot have itself. Source: ECS API reference, CreateService
 * `deploymentController`.
 *
 * @throws EcsError InvalidParameterException
 */
export function checkExternalService(request: EcsRequest<"CreateService">): void {
  if (request.taskDefinition === "") throw invalid("Family should not be null or empty.");
  for (const member of keysOf(MEMBERS_OF_TASK_SETS)) {
    if (isGiven(request[member])) {
      throw invalid(
        `${member[0]?.toUpperCase()}${member.slice(1)} ${MEMBERS_OF_TASK_SETS[member]}`,
      );
    }
  }
  if (request.schedulingStrategy === "DAEMON") {
    throw invalid(`The daemon scheduling strategy does not support ${THE_CONTROLLER}`);
  }
  if (request.availabilityZoneRebalancing === "ENABLED") {
    throw invalid(`Availability Zone rebalancing does not support ${THE_CONTROLLER}.`);
  }
  checkDetection(request.deploymentConfiguration);
}

const THE_CONTROLLER = "the EXTERNAL deployment controller";

/** Nobody but the outside controller can say that a deployment has failed. */
function checkDetection(
  configuration: EcsRequest<"CreateService">["deploymentConfiguration"],
): void {
  if (configuration?.deploymentCircuitBreaker?.enable) {
    throw invalid(`The deployment circuit breaker does not support ${THE_CONTROLLER}.`);
  }
  if (configuration?.alarms?.enable) {
    throw invalid(`Deployment alarms do not support ${THE_CONTROLLER}.`);
  }
}

/** Whether the service is to have its deployments made by somebody else than now. */
export const asksForAnotherController = (
  { taskSets }: Pick<Service, "taskSets">,
  { deploymentController }: EcsRequest<"UpdateService">,
): boolean =>
  deploymentController !== undefined &&
  deploymentController.type !== (taskSets ? "EXTERNAL" : "ECS");

/** All that UpdateService changes of such a service. Source: ECS API reference, UpdateService. */
const UPDATABLE: ReadonlySet<string> = new Set<keyof EcsRequest<"UpdateService">>([
  "cluster",
  "service",
  "deploymentController",
  "desiredCount",
  "enableECSManagedTags",
  "healthCheckGracePeriodSeconds",
  "placementConstraints",
  "placementStrategy",
  "propagateTags",
]);

/** @throws EcsError InvalidParameterException, at the first member that is not to be changed */
export function checkExternalUpdate(request: EcsRequest<"UpdateService">): void {
  const refused = keysOf(request).find(
    (member) => !UPDATABLE.has(member) && isGiven(request[member]),
  );
  if (refused === undefined) return;
  throw invalid(
    `Unable to update ${wordsOf(refused)} on services with an EXTERNAL deployment controller.`,
  );
}

/** Clients send empty lists and `false` for what they do not mean. */
const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;

/** `taskDefinition` as `task definition`. */
const wordsOf = (member: string): string =>
  member.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The service with its task sets told that they shall have other counts now, where they shall. */
export function withCountsChanged(before: Service, after: Service, now: number): Service {
  if (!after.taskSets || before.desiredCount === after.desiredCount) return after;
  return {
    ...after,
    taskSets: after.taskSets.map((set) =>
      computedDesiredCount(before, set) === computedDesiredCount(after, set)
        ? set
        : { ...set, stabilityStatus: "STABILIZING", stabilityStatusAt: now },
    ),
  };
}

const keysOf = <T extends object>(value: T): readonly (keyof T & string)[] =>
  Object.keys(value) as (keyof T & string)[];

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
