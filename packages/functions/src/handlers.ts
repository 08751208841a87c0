import type { ConnectionGateway } from "@berth/aws/agent-gateway";
import type { QueueUrls } from "@berth/aws/create-queues";
import { createMessagePauses } from "@berth/aws/message-pauses";
import type { PauseMessages, SqsClient } from "@berth/aws/message-pauses";
import { createForgivingRelay } from "@berth/aws/sqs-relay";
import type { WakeMessage } from "@berth/contracts/queue";
import type { CheckToken } from "@berth/control-plane/access/check-token";
import type { FindAccessKey } from "@berth/control-plane/access/find-access-key";
import type { JoinParts } from "@berth/control-plane/access/join-instance";
import { connectAgent, disconnectAgent } from "@berth/control-plane/agents/connections";
import { receiveFromAgent } from "@berth/control-plane/agents/receive";
import { commands } from "@berth/control-plane/commands/registry";
import type {
  Alarms,
  ControlPlane,
  LifecycleActions,
  RoleKeys,
} from "@berth/control-plane/context";
import { bindAgent, bindClient } from "@berth/control-plane/streams/bind-stream";
import { StreamRelay } from "@berth/control-plane/streams/stream-relay";
import { assert } from "@berth/domain/errors";
import { noteHost } from "@berth/control-plane/hosts/note-host";
import { handleDispatchWake, handleServiceWake } from "@berth/control-plane/reconcile/handle-wake";
import { sweep } from "@berth/control-plane/reconcile/sweep";
import type { HostNotice } from "@berth/domain/container-instance";
import { accessKeyRoutes } from "./access-key-routes.ts";
import { apiTokenRoutes } from "./api-token-routes.ts";
import { alarmRoutes } from "./alarm-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { createAgentSocketHandler } from "./agent-socket.ts";
import type { AgentSocketHandler } from "./agent-socket.ts";
import { createApiHandler } from "./api.ts";
import type { ApiHandler } from "./api.ts";
import { createForwardHandler } from "./forward.ts";
import { createInstanceEventsHandler } from "./instance-events.ts";
import type { InstanceEventsHandler } from "./instance-events.ts";
import { joinRoutes } from "./join-route.ts";
import { describeError } from "./log.ts";
import type { Log } from "./log.ts";
import { measured } from "./metrics.ts";
import type { MetricsRecorder } from "./metrics.ts";
import { metricsRoutes } from "./metrics-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import { planRoutes } from "./plan-routes.ts";
import { placementTemplateRoutes } from "./placement-template-routes.ts";
import { queuedRunRoutes } from "./queued-run-routes.ts";
import { createQueueHandler } from "./queue.ts";
import type { QueueHandler } from "./queue.ts";
import type { RestRoutes } from "./rest-routes.ts";
import { serviceRoutes } from "./service-routes.ts";
import { streamRoutes } from "./stream-routes.ts";
import { taskRoutes } from "./task-routes.ts";
import { createSweepHandler } from "./sweep.ts";
import type { SweepHandler } from "./sweep.ts";

/** What every handler is made of. The composition roots make it, on AWS and on one machine alike. */
export interface Edge {
  /** Its relay tells of what it cannot send: queues and sweep try again. */
  readonly controlPlane: ControlPlane;
  readonly agents: ConnectionGateway;
  /** The control plane's own, to be written at the end of each invocation. */
  readonly metrics: MetricsRecorder;
  /** For what a queue's function does about messages that it has failed. */
  readonly sqs: SqsClient;
  readonly queueUrls: QueueUrls;
  readonly log: Log;
}

/** With CloudWatch's alarms: for the handlers that decide about services. */
export interface ServiceEdge extends Edge {
  readonly alarms: Alarms;
}

/** With what strangers are told apart: for handlers that anybody can call. */
export interface OpenEdge extends Edge {
  readonly findAccessKey: FindAccessKey;
}

/** With what keys are issued, and bearer tokens are known by. */
export interface ApiEdge extends OpenEdge, ServiceEdge, JoinParts {
  readonly checkToken: CheckToken;
}

/** With Auto Scaling, and with who gives out keys of roles: for the handler that looks after instances, and no other. */
export interface InstanceEdge extends Edge {
  readonly lifecycleActions: LifecycleActions;
  readonly roleKeys: RoleKeys;
}

export function apiHandler(edge: ApiEdge): ApiHandler {
  const { findAccessKey, checkToken, metrics, log } = edge;
  const controlPlane = withForgivingRelay(edge);
  const rest = restRoutes(edge);
  return measured(
    metrics,
    createApiHandler({ controlPlane, commands, rest, findAccessKey, checkToken, log }),
  );
}

/** All that is under `/v1`. */
export function restRoutes(edge: ApiEdge): RestRoutes {
  const { alarms, sealer, log } = edge;
  return {
    ...operationRoutes(commands),
    ...placementTemplateRoutes,
    ...serviceRoutes(alarms),
    ...taskRoutes,
    ...streamRoutes,
    ...planRoutes(alarms),
    ...queuedRunRoutes,
    ...alarmRoutes,
    ...accessKeyRoutes(sealer),
    ...apiTokenRoutes,
    ...eventRoutes(),
    ...metricsRoutes,
    ...joinRoutes(edge, log),
  };
}

export function agentSocketHandler(edge: OpenEdge): AgentSocketHandler {
  const { agents, findAccessKey, metrics, log } = edge;
  const controlPlane = withForgivingRelay(edge);
  const streams = { ...controlPlane, connections: agents, audit: log };
  const relay = new StreamRelay(streams);
  const handler = createAgentSocketHandler({
    connect: (handshake, dialler) => connectAgent(controlPlane, handshake, dialler),
    disconnect: (connectionId) => disconnectAgent(controlPlane, connectionId),
    receive: (connectionId, frame) => receiveFromAgent(controlPlane, connectionId, frame),
    push: (connectionId, message) => agents.push(connectionId, message),
    streams: {
      connectClient: (handshake) => bindClient(streams, handshake),
      connectAgent: (handshake, dialler) => bindAgent(streams, handshake, dialler),
      receive: (connectionId, frame) => relay.receive(connectionId, frame),
      disconnect: (connectionId) => relay.disconnect(connectionId),
    },
    findAccessKey,
    now: () => controlPlane.now(),
    log,
  });
  return measured(metrics, handler);
}

/** For the queues of the controllers of services and of placement. */
export function serviceWakeHandler(edge: ServiceEdge): QueueHandler {
  const { alarms } = edge;
  const controlPlane = { ...edge.controlPlane, alarms };
  const handle = async (message: WakeMessage) => {
    assert(message.kind !== "dispatch", "what is for agents comes by their own queue");
    return handleServiceWake(controlPlane, message);
  };
  return queueHandler(edge, handle);
}

/** For the queue of the controller of instances. */
export function dispatchHandler(edge: InstanceEdge): QueueHandler {
  const { lifecycleActions, roleKeys } = edge;
  const controlPlane = { ...edge.controlPlane, lifecycleActions, roleKeys };
  return queueHandler(edge, async (message) => {
    assert(message.kind === "dispatch", "what is for services comes by their own queues");
    return handleDispatchWake(controlPlane, message);
  });
}

/** For the two queues that delay. */
export function forwardHandler(edge: Edge): QueueHandler {
  const { controlPlane, metrics, log } = edge;
  return createForwardHandler({ relay: controlPlane.relay, pause: pauseOf(edge), metrics, log });
}

function queueHandler(edge: Edge, handle: (message: WakeMessage) => Promise<void>): QueueHandler {
  const { metrics, log } = edge;
  return measured(metrics, createQueueHandler({ handle, pause: pauseOf(edge), metrics, log }));
}

const pauseOf = ({ sqs, queueUrls }: Edge): PauseMessages =>
  createMessagePauses(sqs, queueUrls.service);

export function sweepHandler({ controlPlane, metrics, log }: Edge): SweepHandler {
  return measured(
    metrics,
    createSweepHandler(() => sweep(controlPlane), log),
  );
}

/** For what EventBridge tells of EC2's machines. One machine has none: nothing calls it there. */
export function instanceEventsHandler(edge: Edge): InstanceEventsHandler {
  const controlPlane = withForgivingRelay(edge);
  const note = (notice: HostNotice) => noteHost(controlPlane, notice);
  return measured(edge.metrics, createInstanceEventsHandler(note, edge.log));
}

/** Who was answered has written already: a wake-up that is lost after that must not say otherwise. */
function withForgivingRelay({ controlPlane, log }: Edge): ControlPlane {
  const relay = createForgivingRelay(controlPlane.relay, (message, error) =>
    log.warn("Lost a wake-up", { wake: message, ...describeError(error) }),
  );
  return { ...controlPlane, relay };
}
