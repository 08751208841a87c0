import type {
  ExplainedDeployment,
  ExplainedNote,
  InstanceRefusal,
  PlacementNow,
  ServiceExplanation,
} from "@berth/contracts/rest/explanation";
import { idOf, indented } from "./text.ts";

/** Of one reason so many instances are shown; `--json` has more. */
const SHOWN_EXAMPLES = 3;

/** What `berth why` shows of a service. */
export function whyServiceText(service: ServiceExplanation): string {
  const { latestChange, events } = service;
  const change = latestChange ? [`${latestChange.at} ${latestChange.text}`] : [];
  return [
    `Service ${service.service}: ${service.status}, ${service.desiredCount} desired, ${service.runningCount} running, ${service.pendingCount} pending`,
    ...section("Now", service.progress.map(noteText)),
    ...section("Deployments", service.deployments.map(deploymentText)),
    ...service.placements.flatMap(placementLines),
    ...section("Last changed", change),
    ...section(
      "Latest events",
      events.map(({ createdAt, message }) => `${createdAt} ${message}`),
    ),
  ].join("\n");
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...indented(lines)];

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

const thresholdText = ({ failureThreshold }: ExplainedDeployment): string =>
  failureThreshold === undefined ? "" : `, ${failureThreshold} fail the deployment`;

function placementLines(now: PlacementNow): readonly string[] {
  const { deploymentId, considered, fittingCount, removed, counterfactuals } = now;
  const verdict =
    fittingCount > 0
      ? `${fittingCount} of ${considered} ACTIVE container instances take the next task now`
      : `none of ${considered} ACTIVE container instances takes the next task`;
  const would = counterfactuals.map(({ text }) => `would fit ${text}`);
  return [
    `Placement for ${deploymentId}: ${verdict}`,
    ...indented(
      removed.flatMap(({ reason, count, examples }) => removalLines(reason, count, examples)),
    ),
    ...indented(would.length > 0 || fittingCount > 0 ? would : [NO_CHANGE]),
  ];
}

const NO_CHANGE = "no single change would make it fit";

function removalLines(
  reason: string,
  count: number,
  examples: readonly InstanceRefusal[],
): readonly string[] {
  const shown = examples.slice(0, SHOWN_EXAMPLES);
  const more = count - shown.length;
  return [
    `${count} ${reason}`,
    ...indented([
      ...shown.map(
        ({ containerInstanceArn = "", detail }) => `${idOf(containerInstanceArn)}: ${detail}`,
      ),
      ...(more > 0 ? [`and ${more} more`] : []),
    ]),
  ];
}
