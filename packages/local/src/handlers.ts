import type { Queue } from "@berth/aws/queues";
import type { AgentSocketHandler } from "@berth/functions/agent-socket";
import type { ApiHandler } from "@berth/functions/api";
import {
  type ChangeEdge,
  type ChangeEventsHandler,
  createChangeEventsHandler,
} from "@berth/functions/change-events";
import {
  agentSocketHandler,
  apiHandler,
  type ApiEdge,
  dispatchHandler,
  type InstanceEdge,
  forwardHandler,
  serviceWakeHandler,
  sweepHandler,
} from "@berth/functions/handlers";
import type { QueueHandler } from "@berth/functions/queue";
import {
  createReferenceHandler,
  type ReferenceHandler,
  swaggerUiDirectory,
} from "@berth/functions/reference/handler";
import type { SweepHandler } from "@berth/functions/sweep";

/** The functions of the control plane, by the events that they take. */
export interface Handlers {
  readonly api: ApiHandler;
  readonly agentSocket: AgentSocketHandler;
  readonly queues: Readonly<Record<Queue, QueueHandler>>;
  readonly sweep: SweepHandler;
  readonly changeEvents: ChangeEventsHandler;
  readonly reference: ReferenceHandler;
}

/** All of them in this process. */
export function handlersOf(edge: ApiEdge & InstanceEdge, changes: ChangeEdge): Handlers {
  const wake = serviceWakeHandler(edge);
  const forward = forwardHandler(edge);
  return {
    api: apiHandler(edge),
    agentSocket: agentSocketHandler(edge),
    queues: {
      service: wake,
      placement: wake,
      dispatch: dispatchHandler(edge),
      coalesced: forward,
      timers: forward,
    },
    sweep: sweepHandler(edge),
    changeEvents: createChangeEventsHandler(changes),
    reference: createReferenceHandler(swaggerUiDirectory()),
  };
}
