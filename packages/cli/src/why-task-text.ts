import type {
  ExplainedMoment,
  ExplainedStep,
  ExplainedStop,
  ExplainedWait,
  TaskExplanation,
} from "@berth/contracts/rest/explanation";
import { idOf, indented } from "./text.ts";

/** What `berth why` shows of a task. */
export function whyTaskText(task: TaskExplanation): string {
  const { stop, waiting } = task;
  const told = new Set(stop?.causes.map(lineOf));
  const before = task.history.map(lineOf).filter((line) => !told.has(line));
  return [
    `Task ${idOf(task.taskArn)} of ${task.group}, ${idOf(task.taskDefinitionArn)}: ${statusOf(task)}`,
    `On container instance ${idOf(task.containerInstanceArn)}${zoneOf(task)}`,
    ...indented(task.placement.sentences),
    ...(waiting ? waitLines(waiting) : []),
    ...(stop ? stopLines(stop) : []),
    ...(before.length > 0 ? [stop ? "Before that" : "What happened", ...indented(before)] : []),
  ].join("\n");
}

const statusOf = ({ lastStatus, desiredStatus }: TaskExplanation): string =>
  lastStatus === desiredStatus ? lastStatus : `${lastStatus}, to be ${desiredStatus}`;

const zoneOf = ({ availabilityZone }: TaskExplanation): string =>
  availabilityZone === undefined ? "" : ` in ${availabilityZone}`;

function waitLines({ for: what, since, until, next }: ExplainedWait): readonly string[] {
  return [
    `Waits since ${since} for ${what}`,
    ...indented([`next: ${momentText(next)}`, ...(until ? [`until: ${momentText(until)}`] : [])]),
  ];
}

const momentText = ({ at, what }: ExplainedMoment): string =>
  at === undefined ? what : `${at}: ${what}`;

function stopLines({ stopCode, stoppedReason, causes }: ExplainedStop): readonly string[] {
  const what = [stopCode, stoppedReason].filter((each) => each !== undefined).join(": ");
  return [`Why it stops: ${what}`, ...indented(causes.map(lineOf))];
}

const lineOf = ({ at, text }: ExplainedStep): string => `${at} ${text}`;
