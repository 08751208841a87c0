import type {
  ExplainedMoment,
  ExplainedNote,
  ExplainedStep,
  ExplainedWait,
} from "@berth/contracts/rest/explanation";
import type { StoryCause, StoryStep } from "@berth/planner/explain/story";
import type { ProgressNote } from "@berth/planner/explain/service-progress";
import type { Wait, WaitMoment } from "@berth/planner/explain/waiting";

export const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();

export const presentStep = ({ at, text, cause }: StoryStep): ExplainedStep => ({
  at: isoTime(at),
  text,
  cause: presentCause(cause),
});

function presentCause(cause: StoryCause): ExplainedStep["cause"] {
  switch (cause.kind) {
    case "deployment":
      return { kind: cause.kind, deploymentId: cause.id };
    case "taskSet":
      return { kind: cause.kind, taskSetId: cause.id };
    case "serviceChange":
      return { ...cause, at: isoTime(cause.at) };
    case "api":
    case "agent":
    case "controlPlane":
    case "container":
      return { ...cause };
  }
}

export const presentWait = (wait: Wait): ExplainedWait => ({
  for: wait.for,
  since: isoTime(wait.since),
  ...(wait.until && { until: presentMoment(wait.until) }),
  next: presentMoment(wait.next),
});

const presentMoment = ({ at, what }: WaitMoment): ExplainedMoment => ({
  ...(at !== undefined && { at: isoTime(at) }),
  what,
});

export const presentNote = ({ kind, text, since, until }: ProgressNote): ExplainedNote => ({
  kind,
  text,
  ...(since !== undefined && { since: isoTime(since) }),
  ...(until !== undefined && { until: isoTime(until) }),
});
