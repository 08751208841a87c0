import type { PlacementDecision, TaskPlacement } from "@berth/domain/task-placement";
import { LAST } from "../placement/rank.ts";

/** Why a task is where it is, in sentences. */
export function describePlacement(placement: TaskPlacement | undefined): readonly string[] {
  if (!placement) return ["It took up a place that an earlier try had reserved."];
  if (placement.kind === "named") return ["Its place was named by the caller of StartTask."];
  if (placement.kind === "daemon") {
    return ["Its service is a DAEMON: it has one task on every container instance that suits it."];
  }
  const { considered, rejected } = placement;
  return [rejectionText(considered, rejected), choiceText(placement)];
}

function rejectionText(considered: number, rejected: PlacementDecision["rejected"]): string {
  const reasons = Object.entries(rejected).toSorted(([, a], [, b]) => b - a);
  const count = reasons.reduce((sum, [, each]) => sum + each, 0);
  if (count === 0) {
    const all = considered === 1 ? "The only" : `All ${considered}`;
    return `${all} ACTIVE container ${considered === 1 ? "instance" : "instances"} could take it.`;
  }
  const listed = reasons.map(([reason, each]) => `${each} ${reason.replace(/\.$/, "")}`);
  return `Of ${considered} ACTIVE container instances ${considered - count} could take it, and ${count} could not: ${listed.join(", ")}.`;
}

function choiceText({ by, scores, isDrawn }: PlacementDecision): string {
  const scored = by.map((name, index) => `${name} with ${scoreText(name, scores[index] ?? 0)}`);
  if (scored.length === 0) {
    return isDrawn ? "It was drawn from these." : "There was no other one to choose.";
  }
  const drawn = isDrawn ? "; among those equal it was drawn" : "";
  return `It was the best by ${scored.join(", then ")}${drawn}.`;
}

/** What a score means: the lower the better. */
function scoreText(strategy: string, score: number): string {
  switch (strategy) {
    case "binpack(cpu)":
      return `${score} CPU units left`;
    case "binpack(memory)":
      return `${score} MiB left`;
    case "spread(instanceId)":
      return `${plural(score)} on it`;
    default:
      return score >= LAST
        ? `no such attribute and ${plural(score - LAST)} where there is none`
        : `${plural(score)} under its value`;
  }
}

const plural = (tasks: number): string => `${tasks} ${tasks === 1 ? "task" : "tasks"} of its group`;
