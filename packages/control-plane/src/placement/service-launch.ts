import type { Deployment, Service } from "@berth/domain/service";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { serviceGroup } from "@berth/domain/task";
import type { Launch } from "./new-task.ts";
import { serviceTaskTags } from "./task-tags.ts";

/** What the tasks of a service's deployment are started with. */
export const serviceLaunch = (
  service: Service,
  deployment: Pick<Deployment, "id">,
  definition: TaskDefinition,
): Launch => ({
  cluster: service.cluster,
  definition,
  group: serviceGroup(service.name),
  launchType: service.launchType ?? "EC2",
  cause: { kind: "deployment", id: deployment.id },
  startedBy: deployment.id,
  enableExecuteCommand: service.enableExecuteCommand,
  tags: serviceTaskTags(service, definition),
});
