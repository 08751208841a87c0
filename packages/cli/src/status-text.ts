import type { ProcessesFile } from "@berth/contracts/local/installation";
import type { ClusterSurvey, ServiceSurvey, Waiting } from "./survey.ts";
import { table } from "./text-table.ts";

/** What `berth status` shows to people. */
export function statusText(processes: ProcessesFile, clusters: readonly ClusterSurvey[]): string {
  return [
    `Endpoint ${processes.endpoint}`,
    "",
    ...table([
      ["PROCESS", "PID", "RESTARTS"],
      ...processes.processes.map((each) => [
        each.name,
        each.pid === undefined ? "starting" : String(each.pid),
        String(each.restarts),
      ]),
    ]),
    ...clusters.flatMap(clusterLines),
  ].join("\n");
}

function clusterLines(survey: ClusterSurvey): readonly string[] {
  const { cluster, runningTasks, pendingTasks, containerInstances, services } = survey;
  return [
    "",
    `Cluster ${cluster}: ${runningTasks} tasks running, ${pendingTasks} pending`,
    ...indented(
      containerInstances.length === 0
        ? ["no container instances"]
        : table([
            ["CONTAINER INSTANCE", "ZONE", "STATUS", "AGENT", "RUNNING", "PENDING"],
            ...containerInstances.map((each) => [
              each.containerInstanceArn.split("/").at(-1) ?? "",
              each.availabilityZone,
              each.status,
              each.agentConnected ? "connected" : "away",
              String(each.runningTasks),
              String(each.pendingTasks),
            ]),
          ]),
    ),
    ...indented(
      services.length === 0
        ? []
        : table([
            ["SERVICE", "DESIRED", "RUNNING", "PENDING", "ROLLOUT"],
            ...services.map((each) => [
              each.service,
              String(each.desiredCount),
              String(each.runningCount),
              String(each.pendingCount),
              each.rolloutState,
            ]),
          ]),
    ),
    ...indented(services.flatMap(waitingLines)),
  ];
}

function waitingLines({ service, waiting }: ServiceSurvey): readonly string[] {
  return waiting.flatMap((each) => [
    `${service}: ${each.count} waiting since ${each.since}`,
    ...indented(each.instances.map(refusalLine)),
  ]);
}

function refusalLine({ containerInstanceArn, reason, detail }: Waiting["instances"][number]) {
  const instance = containerInstanceArn?.split("/").at(-1);
  return `${instance === undefined ? "" : `${instance}: `}${reason}: ${detail}`;
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
