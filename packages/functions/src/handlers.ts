import type { ConnectionGateway } from "@berth/aws/agent-gateway";
import { createForgivingRelay } from "@berth/aws/sqs-relay";
import { connectAgent, disconnectAgent } from "@berth/control-plane/agents/connections";
import { receiveFromAgent } from "@berth/control-plane/agents/receive";
import { commands } from "@berth/control-plane/commands/registry";
import type { ControlPlane } from "@berth/control-plane/context";
import { noteHost } from "@berth/control-plane/hosts/note-host";
import { handleWake } from "@berth/control-plane/reconcile/handle-wake";
import { sweep } from "@berth/control-plane/reconcile/sweep";
import { explainService } from "@berth/control-plane/rest/explain-service";
import { parseApplyRequest, parsePlanRequest } from "@berth/contracts/rest/plan-request";
import { applyPlan } from "@berth/simulator/plan/apply-plan";
import { makePlan } from "@berth/simulator/plan/make-plan";
import { createAgentSocketHandler } from "./agent-socket.ts";
import type { AgentSocketHandler } from "./agent-socket.ts";
import { createApiHandler } from "./api.ts";
import type { ApiHandler } from "./api.ts";
import { createForwardHandler } from "./forward.ts";
import { createInstanceEventsHandler } from "./instance-events.ts";
import type { InstanceEventsHandler } from "./instance-events.ts";
import { describeError } from "./log.ts";
import type { Log } from "./log.ts";
import { createQueueHandler } from "./queue.ts";
import type { QueueHandler } from "./queue.ts";
import type { RestRoutes } from "./rest-routes.ts";
import type { Authentication } from "./signed-request.ts";
import { createSweepHandler } from "./sweep.ts";
import type { SweepHandler } from "./sweep.ts";

/** What every handler is made of. The composition roots make it, on AWS and on one machine alike. */
export interface Edge {
  /** Its relay tells of what it cannot send: queues and sweep try again. */
  readonly controlPlane: ControlPlane;
  readonly agents: ConnectionGateway;
  readonly log: Log;
}

/** With what strangers are told apart: for handlers that anybody can call. */
export interface OpenEdge extends Edge {
  readonly findAccessKey: Authentication["findAccessKey"];
}

const REST: RestRoutes = {
  "GET /v1/services/:service/explain": (context, { service = "", cluster }) =>
    explainService(context, { service, ...(cluster !== undefined && { cluster }) }),
  "POST /v1/plans": (context, _, body) => makePlan(context, parsePlanRequest(body)),
  "POST /v1/plans/apply": (context, _, body) => applyPlan(context, parseApplyRequest(body)),
};

export function apiHandler(edge: OpenEdge): ApiHandler {
  const { findAccessKey, log } = edge;
  const controlPlane = withForgivingRelay(edge);
  return createApiHandler({ controlPlane, commands, rest: REST, findAccessKey, log });
}

export function agentSocketHandler(edge: OpenEdge): AgentSocketHandler {
  const { agents, findAccessKey, log } = edge;
  const controlPlane = withForgivingRelay(edge);
  return createAgentSocketHandler({
    connect: (handshake) => connectAgent(controlPlane, handshake),
    disconnect: (connectionId) => disconnectAgent(controlPlane, connectionId),
    receive: (connectionId, frame) => receiveFromAgent(controlPlane, connectionId, frame),
    push: (connectionId, message) => agents.push(connectionId, message),
    findAccessKey,
    now: () => controlPlane.now(),
    log,
  });
}

/** For the queues of the three controllers. */
export function wakeHandler({ controlPlane, log }: Edge): QueueHandler {
  return createQueueHandler((message) => handleWake(controlPlane, message), log);
}

/** For the two queues that delay. */
export function forwardHandler({ controlPlane, log }: Edge): QueueHandler {
  return createForwardHandler(controlPlane.relay, log);
}

export function sweepHandler({ controlPlane, log }: Edge): SweepHandler {
  return createSweepHandler(() => sweep(controlPlane), log);
}

/** For what EventBridge tells of EC2's machines. One machine has none: nothing calls it there. */
export function instanceEventsHandler(edge: Edge): InstanceEventsHandler {
  const controlPlane = withForgivingRelay(edge);
  return createInstanceEventsHandler((notice) => noteHost(controlPlane, notice), edge.log);
}

/** Who was answered has written already: a wake-up that is lost after that must not say otherwise. */
function withForgivingRelay({ controlPlane, log }: Edge): ControlPlane {
  const relay = createForgivingRelay(controlPlane.relay, (message, error) =>
    log.warn("Lost a wake-up", { wake: message, ...describeError(error) }),
  );
  return { ...controlPlane, relay };
}
