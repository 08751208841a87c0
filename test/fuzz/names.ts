import * as arns from "@berth/domain/arn";
import { rootArn } from "@berth/domain/account-setting";
import { principalArn } from "@berth/domain/access/access-key";
import { revisionIdOf } from "@berth/domain/service-deployment";
import type { ControlPlane } from "@berth/control-plane/context";
import type { KnownTexts } from "@berth/testing/request-bodies";
import { snapshotOf } from "../simulation/invariants.ts";

/** Names of what is in a cluster, by what they name; the first are of what can be asked most about. */
export interface Names {
  readonly service: readonly string[];
  readonly task: readonly string[];
  readonly taskSet: readonly string[];
  readonly containerInstance: readonly string[];
  readonly serviceDeployment: readonly string[];
  readonly serviceRevision: readonly string[];
  /** ARNs: one of each kind of what has tags, and some that name nothing. */
  readonly tagged: readonly string[];
}

const CLUSTER = "default";

/** Ids before ARNs. */
export async function namesIn({ scope, store }: ControlPlane): Promise<Names> {
  const { services, live, instances } = await snapshotOf(store);
  const all = [...services.values()];
  const ofService = [...live.values()].filter(
    ({ group, desiredStatus }) => group === "service:web" && desiredStatus === "RUNNING",
  );
  const taskIds = [...ofService, ...live.values()].map(({ id }) => id);
  const sets = all.flatMap((service) =>
    (service.taskSets ?? []).map(({ id }) => ({ id, arn: arns.taskSetArn(scope, service, id) })),
  );
  const instanceIds = instances.map(({ ledger }) => ledger.id);
  const tagged = [
    arns.clusterArn(scope, CLUSTER),
    arns.serviceArn(scope, CLUSTER, "web"),
    arns.taskDefinitionArn(scope, "web:2"),
    ...taskIds.slice(0, 1).map((id) => arns.taskArn(scope, CLUSTER, id)),
    ...instanceIds.slice(0, 1).map((id) => arns.containerInstanceArn(scope, CLUSTER, id)),
    ...sets.slice(0, 1).map(({ arn }) => arn),
    arns.serviceArn(scope, CLUSTER, "absent"),
    arns.clusterArn(scope, "absent"),
    // Of the old form.
    arns.serviceArn(scope, CLUSTER, "").slice(0, -1),
  ];
  return {
    tagged,
    service: [
      ...services.keys(),
      ...services.keys().map((name) => arns.serviceArn(scope, CLUSTER, name)),
    ],
    task: [...taskIds, ...taskIds.map((id) => arns.taskArn(scope, CLUSTER, id))],
    taskSet: [...sets.map(({ id }) => id), ...sets.map(({ arn }) => arn)],
    containerInstance: [
      ...instanceIds,
      ...instanceIds.map((id) => arns.containerInstanceArn(scope, CLUSTER, id)),
    ],
    serviceDeployment: all.flatMap((service) =>
      service.serviceDeployments.map(({ id }) => arns.serviceDeploymentArn(scope, service, id)),
    ),
    serviceRevision: all.flatMap((service) =>
      service.deployments.map(({ id }) =>
        arns.serviceRevisionArn(scope, service, revisionIdOf(id)),
      ),
    ),
  };
}

/** Which of the names are good for a member, by the member's own name. */
export const knownTexts = ({ scope }: Pick<ControlPlane, "scope">, names: Names): KnownTexts => [
  [
    /apacityProviders?$/,
    ["spot", "steady", "unused", "FARGATE", arns.capacityProviderArn(scope, "spot")],
  ],
  [/^autoScalingGroupArn$/, ["spot-group", "another-group"]],
  [/^cluster/i, [CLUSTER, "other", "absent", arns.clusterArn(scope, CLUSTER)]],
  [/^service(s|Name)?$/, [...names.service, "absent"]],
  [/^task(s|Arn)?$/, names.task],
  [
    /^taskDefinition/,
    ["web", "web:1", "web:2", "web:3", "vpc:1", "absent:1", arns.taskDefinitionArn(scope, "web:2")],
  ],
  [/^(containerInstance|targetId)/, names.containerInstance],
  [/^attributeName$/, ["stack", "ecs.availability-zone"]],
  [
    /^namespace$/,
    ["internal", "arn:aws:servicediscovery:eu-central-1:123456789012:namespace/ns-1"],
  ],
  [/askSets?$/, names.taskSet],
  [/^serviceDeploymentArn/, names.serviceDeployment],
  [/^serviceRevisionArn/, names.serviceRevision],
  [/^resourceArn$/, names.tagged],
  [/^principalArn$/, [rootArn(scope.account), principalArn(scope.account, "ada"), "absent"]],
  [/^value$/, ["enabled", "disabled", "enhanced", "on", "off", "14", "blocking", "1", "a"]],
  [/^family/, ["web", "absent", "w"]],
  [/expression|filter/i, ["attribute:zone == a", "task:group == service:web", "a", ""]],
  // Positions that a page may have ended at.
  [/^nextToken$/, ["WyJ3ZWIiXQ", "WyJkZWZhdWx0Il0"]],
  [/^status$/, ["ACTIVE", "RUNNING", "STOPPED", "DRAINING"]],
];
