import type {
  ExplainedDeployment,
  ExplainedNote,
  ExplainedServiceDeployment,
  ExplainedTaskSet,
  PlacementNow,
  ServiceExplanation,
} from "@berth/contracts/rest/explanation";
import { outlookLines } from "./outlook-text.ts";
import { idOf, section } from "./text.ts";

/** What `berth why` shows of a service. */
export function whyServiceText(service: ServiceExplanation): string {
  const { latestChange, events } = service;
  const change = latestChange ? [`${latestChange.at} ${latestChange.text}`] : [];
  return [
    `Service ${service.service}: ${service.status}, ${service.desiredCount} desired, ${service.runningCount} running, ${service.pendingCount} pending`,
    ...section("Now", service.progress.map(noteText)),
    ...section("Deployments", service.deployments.map(deploymentText)),
    ...section("Task sets", (service.taskSets ?? []).map(taskSetText)),
    ...section("Verdicts of deployments", service.serviceDeployments.map(verdictText)),
    ...service.placements.flatMap((now) => outlookLines(placementTitle(now), now)),
    ...section("Last changed", change),
    ...section(
      "Latest events",
      events.map(({ createdAt, message }) => `${createdAt} ${message}`),
    ),
  ].join("\n");
}

function placementTitle({ deploymentId, capacityProvider }: PlacementNow): string {
  const by = capacityProvider === undefined ? "" : ` by capacity provider ${capacityProvider}`;
  return `Placement for ${deploymentId}${by}`;
}

function noteText({ text, since, until }: ExplainedNote): string {
  const times = [
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(until === undefined ? [] : [`until ${until} at the latest`]),
  ];
  return times.length === 0 ? text : `${text} (${times.join(", ")})`;
}

function deploymentText(deployment: ExplainedDeployment): string {
  const { id, status, taskDefinition, rolloutState, rolloutStateReason } = deployment;
  const failures =
    deployment.failedTasks === 0
      ? ""
      : ` ${deployment.failedTasks} failed tasks in a row${thresholdText(deployment)}.`;
  return `${id} ${status} ${idOf(taskDefinition)} ${rolloutState}: ${rolloutStateReason}${failures}`;
}

function taskSetText(set: ExplainedTaskSet): string {
  const { id, externalId, status, taskDefinition, scale, computedDesiredCount } = set;
  const name = externalId === undefined ? id : `${id} (${externalId})`;
  const failures = set.failedTasks === 0 ? "" : ` ${set.failedTasks} failed starts in a row.`;
  return `${name} ${status} ${idOf(taskDefinition)} at ${scale} %, ${computedDesiredCount} desired, ${set.runningCount} running, ${set.pendingCount} pending: ${set.stabilityStatus} since ${set.stabilityStatusAt}.${failures}`;
}

function verdictText(record: ExplainedServiceDeployment): string {
  const { createdAt, deploymentId, status, statusReason, failureCount = 0 } = record;
  const { triggeredAlarms = [] } = record;
  const failures = failureCount === 0 ? "" : ` (${failureCount} failed tasks)`;
  const reason = statusReason === undefined ? "" : `: ${statusReason}`;
  const alarms = triggeredAlarms.length === 0 ? "" : ` In ALARM: ${triggeredAlarms.join(", ")}.`;
  return `${createdAt} ${deploymentId} ${status}${failures}${reason}${alarms}`;
}

const thresholdText = ({ failureThreshold }: ExplainedDeployment): string =>
  failureThreshold === undefined ? "" : `, ${failureThreshold} fail the deployment`;
