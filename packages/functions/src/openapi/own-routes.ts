import { createAccessKeyBody, updateAccessKeyBody } from "@berth/contracts/rest/access-keys";
import { setAlarmBody } from "@berth/contracts/rest/alarms";
import * as answer from "@berth/contracts/rest/answers";
import { createApiTokenBody } from "@berth/contracts/rest/api-tokens";
import { eventsQuery } from "@berth/contracts/rest/events";
import { joinAnswer, joinBody } from "@berth/contracts/rest/join";
import {
  clusterMetricsAnswer,
  clusterMetricsQuery,
  metricsAnswer,
  metricsQuery,
  taskSeriesAnswer,
} from "@berth/contracts/rest/metrics";
import { applyRequest, planRequest } from "@berth/contracts/rest/plan-request";
import { waitForCapacityMember } from "@berth/contracts/rest/queued-runs";
import { execBody, logsBody, portForwardBody, streamTicket } from "@berth/contracts/rest/streams";
import { z } from "zod";
import { PROMETHEUS_TYPE } from "../prometheus/text.ts";
import { pageQuery } from "../rest-page.ts";

/** What the document says of a call that ECS does not have. */
export interface OwnRoute {
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly status?: number;
  /** Nothing is said where it is absent. */
  readonly answer?: z.ZodType;
  /** A text that it may be instead. */
  readonly otherType?: string;
  readonly isOpen?: boolean;
}

const inCluster = z.object({ cluster: z.string().optional() });

/** By method and path, as they are routed. */
export const OWN_ROUTES: Readonly<Record<string, OwnRoute>> = {
  "GET /v1/services/{service}/explain": {
    summary: "Say what a service does, and what it waits for",
    query: inCluster,
    answer: answer.serviceExplanationAnswer,
  },
  "GET /v1/tasks/{task}/explain": {
    summary: "Say why a task is where and as it is",
    query: inCluster,
    answer: answer.taskExplanationAnswer,
  },
  "POST /v1/tasks/{task}/exec": {
    summary: "Ask for a session with a program in a container: where to dial for it",
    query: inCluster,
    body: execBody,
    status: 201,
    answer: streamTicket,
  },
  "POST /v1/tasks/{task}/logs": {
    summary: "Ask for a session with what containers write",
    query: inCluster,
    body: logsBody,
    status: 201,
    answer: streamTicket,
  },
  "POST /v1/tasks/{task}/port-forward": {
    summary: "Ask for a session with connections to a container's port",
    query: inCluster,
    body: portForwardBody,
    status: 201,
    answer: streamTicket,
  },
  "POST /v1/tasks": {
    summary: "Run tasks as soon as there is room: RunTask's members, and `waitForCapacity`",
    body: waitForCapacityMember.loose(),
    status: 202,
    answer: answer.queuedRunAnswer,
  },
  "GET /v1/queued-runs": {
    summary: "List runs that wait for room, or did",
    query: inCluster.extend(pageQuery.shape),
    answer: answer.queuedRunsAnswer,
  },
  "GET /v1/queued-runs/{id}": {
    summary: "Say what a run waits for",
    query: inCluster,
    answer: answer.queuedRunExplanationAnswer,
  },
  "DELETE /v1/queued-runs/{id}": {
    summary: "Give up a run that waits",
    query: inCluster,
    status: 202,
    answer: answer.queuedRunAnswer,
  },
  "POST /v1/plans": {
    summary: "Say what would happen",
    body: planRequest,
    answer: answer.planAnswer,
  },
  "POST /v1/plans/apply": {
    summary: "Do what a plan says, if nothing has moved since",
    body: applyRequest,
    answer: answer.appliedPlanAnswer,
  },
  "GET /v1/placement-templates": {
    summary: "Show the named placements",
    answer: answer.placementTemplatesAnswer,
  },
  "GET /v1/events": {
    summary: "Read or follow what happens; as server-sent events for who accepts those",
    query: eventsQuery,
    answer: answer.eventsAnswer,
    otherType: "text/event-stream",
  },
  "GET /v1/metrics": {
    summary: "Show what all clusters have and use; as Prometheus's text for who accepts that",
    query: metricsQuery,
    answer: metricsAnswer,
    otherType: PROMETHEUS_TYPE,
  },
  "GET /v1/clusters/{cluster}/metrics": {
    summary: "Show what a cluster's instances, services and tasks have and use",
    query: clusterMetricsQuery,
    answer: clusterMetricsAnswer,
  },
  "GET /v1/clusters/{cluster}/tasks/{task}/metrics": {
    summary: "Show what a task's containers used in the last hour",
    answer: taskSeriesAnswer,
  },
  "GET /v1/alarms": {
    summary: "List Berth's own alarms",
    query: pageQuery,
    answer: answer.alarmsAnswer,
  },
  "GET /v1/alarms/{name}": { summary: "Show an alarm", answer: answer.alarmAnswer },
  "PUT /v1/alarms/{name}": {
    summary: "Set an alarm's state",
    body: setAlarmBody,
    answer: answer.alarmAnswer,
  },
  "DELETE /v1/alarms/{name}": { summary: "Delete an alarm", status: 204 },
  "GET /v1/access-keys": {
    summary: "List access keys",
    query: pageQuery.extend({ temporary: z.stringbool().default(false) }),
    answer: answer.accessKeysAnswer,
  },
  "POST /v1/access-keys": {
    summary: "Make an access key",
    body: createAccessKeyBody,
    status: 201,
    answer: answer.createdAccessKeyAnswer,
  },
  "GET /v1/access-keys/{id}": { summary: "Show an access key", answer: answer.accessKeyAnswer },
  "PATCH /v1/access-keys/{id}": {
    summary: "Switch an access key on or off, or change its policy",
    body: updateAccessKeyBody,
    answer: answer.accessKeyAnswer,
  },
  "DELETE /v1/access-keys/{id}": { summary: "Delete an access key", status: 204 },
  "GET /v1/tokens": {
    summary: "List bearer tokens",
    query: pageQuery,
    answer: answer.tokensAnswer,
  },
  "POST /v1/tokens": {
    summary: "Make a bearer token",
    body: createApiTokenBody,
    status: 201,
    answer: answer.createdTokenAnswer,
  },
  "GET /v1/tokens/{id}": { summary: "Show a bearer token", answer: answer.tokenAnswer },
  "DELETE /v1/tokens/{id}": { summary: "Revoke a bearer token", status: 204 },
  "POST /v1/join": {
    summary: "Get an agent's key for an EC2 identity",
    body: joinBody,
    answer: joinAnswer,
    isOpen: true,
  },
};
