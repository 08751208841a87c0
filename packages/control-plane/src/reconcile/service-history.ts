import { defined } from "@berth/domain/defined";
import type { Deployment, Service } from "@berth/domain/service";
import { isTerminal, revisionIdOf } from "@berth/domain/service-deployment";
import type { ServiceRevision } from "@berth/domain/service-deployment";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { ControlPlane } from "../context.ts";

export interface HistoryChange {
  readonly before: Service;
  readonly wanted: Service;
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
}

/**
 * Writes as items of their own what the service is about to leave out, and the revisions that it is
 * about to start from. Each is written once, however often this is repeated.
 */
export async function writeHistory(
  controlPlane: ControlPlane,
  { before, wanted, definitions }: HistoryChange,
): Promise<void> {
  const { services, serviceDeployments, serviceRevisions } = controlPlane.store;
  const kept = new Set(wanted.serviceDeployments.map(({ id }) => id));
  const left = before.serviceDeployments.filter((each) => isTerminal(each) && !kept.has(each.id));
  await Promise.all([
    services.putEvents(before.cluster, before.name, before.newEvents),
    ...left.map((record) => serviceDeployments.put(before, record)),
    ...begunDeployments(before).map((deployment) =>
      serviceRevisions.put(
        revisionOf(wanted, deployment, definitions.get(deployment.taskDefinition)),
      ),
    ),
  ]);
}

/**
 * Lets go of the revisions from which nothing is started any more. After the commit, for a pass that
 * loses its race has not ended anything; one that dies between the two leaves a revision that never
 * expires, which is half a kilobyte that nobody is misled by.
 */
export async function retireRevisions(
  controlPlane: ControlPlane,
  { before, wanted }: Omit<HistoryChange, "definitions">,
): Promise<void> {
  const isOver = wanted.status === "INACTIVE" && before.status !== "INACTIVE";
  const inUse = new Set(isOver ? [] : wanted.deployments.map(({ id }) => id));
  await Promise.all(
    before.deployments
      .filter(({ id }) => !inUse.has(id))
      .map(({ id }) => controlPlane.store.serviceRevisions.retire(before, revisionIdOf(id))),
  );
}

/** What tasks of this deployment are made from. */
export const revisionOf = (
  service: Service,
  deployment: Deployment,
  definition: TaskDefinition | undefined,
): ServiceRevision => ({
  cluster: service.cluster,
  service: service.name,
  id: revisionIdOf(deployment.id),
  taskDefinition: deployment.taskDefinition,
  ...defined({
    launchType: service.launchType,
    capacityProviderStrategy: deployment.capacityProviderStrategy,
    networkConfiguration: deployment.networkConfiguration,
  }),
  containerImages: (definition?.containerDefinitions ?? []).map(({ name, image }) => ({
    containerName: name,
    image,
  })),
  createdAt: deployment.createdAt,
});

/** Those whose records begin with this change, also where nothing ever came of them. */
function begunDeployments({ serviceDeployments, deployments }: Service): readonly Deployment[] {
  const pending = new Set(
    serviceDeployments
      .filter(({ startedAt }) => startedAt === undefined)
      .map(({ deploymentId }) => deploymentId),
  );
  return deployments.filter(({ id }) => pending.has(id));
}
