import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { Census } from "./census.ts";
import type { Decision } from "./decision.ts";
import { stopEvents } from "./planned-stops.ts";
import { stopAll } from "./service-deployments.ts";
import { startedTasks } from "./service-events.ts";

/**
 * A deleted service stops all that it has, whatever the percentages say, and is INACTIVE as soon as
 * every task is STOPPED or on its way there. Source: ECS API reference, DeleteService.
 */
export function decideRemoval(
  service: Service,
  tasks: readonly Task[],
  census: Census,
  now: number,
): Decision {
  const stops = [...census.kept, ...census.replaced];
  const written = new Set(tasks.map((task) => task.id));
  const started = service.plannedStarts
    .map((start) => start.taskId)
    .filter((id) => written.has(id));
  const isGone = service.status === "DRAINING" && stops.length === 0;
  return {
    changes: {
      steady: false,
      serviceDeployments: stopAll(service, tasks, now),
      plannedStarts: service.plannedStarts.length === 0 ? service.plannedStarts : [],
      ...(isGone && { status: "INACTIVE", inactiveAt: now }),
      ...(isGone && service.taskSets && { taskSets: [] }),
    },
    starts: [],
    stops,
    events: [
      ...(started.length > 0 ? [startedTasks(service.name, started, 0)] : []),
      ...stopEvents(service.name, stops),
    ],
    lastTold: {},
  };
}
