import type { QueuedRunDescription, QueuedRunExplanation } from "@berth/contracts/rest/queued-runs";
import { outlookLines } from "./outlook-text.ts";
import { table } from "./text-table.ts";
import { idOf, section } from "./text.ts";

/** What `berth queue list` shows. */
export function queuedRunsText(runs: readonly QueuedRunDescription[]): string {
  if (runs.length === 0) return "There are no queued runs.";
  const head = ["QUEUED RUN", "STATUS", "TASK DEFINITION", "PLACED", "QUEUED", "DEADLINE"];
  const rows = runs
    .toSorted((a, b) => (a.queuedAt < b.queuedAt ? -1 : 1))
    .map((run) => [
      run.id,
      run.status,
      idOf(run.taskDefinitionArn),
      `${run.placedTaskArns.length} of ${run.taskArns.length}`,
      run.queuedAt,
      run.deadline,
    ]);
  return table([head, ...rows]).join("\n");
}

/** What the other commands show of one. */
export function queuedRunText(run: QueuedRunExplanation): string {
  const { id, status, placedTaskArns, unplacedTaskArns, taskArns, waiting, latestTry } = run;
  return [
    `Queued run ${id}: ${status}, ${placedTaskArns.length} of ${taskArns.length} tasks of ${idOf(run.taskDefinitionArn)} placed, deadline ${run.deadline}`,
    ...section("Placed", placedTaskArns),
    ...section("Not placed", unplacedTaskArns),
    ...section("Waits for", waiting ? [`${waiting.for} (since ${waiting.since})`] : []),
    ...(run.placement
      ? outlookLines("Placement now", run.placement)
      : section(
          `What the latest try found (since ${latestTry?.since})`,
          (latestTry?.instances ?? []).map(({ containerInstanceArn, detail }) =>
            containerInstanceArn === undefined
              ? detail
              : `${idOf(containerInstanceArn)}: ${detail}`,
          ),
        )),
    ...section(
      "What happened",
      run.history.map(({ at, text }) => `${at} ${text}`),
    ),
  ].join("\n");
}
