import type { EventDetailType } from "@berth/contracts/ecs-event";
import type { ToldEvent } from "@berth/contracts/ecs-event";

/** What people type for ECS's detail types, and Berth's own. */
export const EVENT_TYPES = ["task", "instance", "service", "deployment", "session"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const DETAIL_TYPES: Readonly<Record<EventType, EventDetailType>> = {
  task: "ECS Task State Change",
  instance: "ECS Container Instance State Change",
  service: "ECS Service Action",
  deployment: "ECS Deployment State Change",
  session: "Berth Stream Session State Change",
};

export const detailTypeOf = (type: EventType): EventDetailType => DETAIL_TYPES[type];

/** An event in one line. Any program may send events of its own, in any form. */
export function eventText(event: ToldEvent): string {
  const type = EVENT_TYPES.find((each) => DETAIL_TYPES[each] === event["detail-type"]);
  const what = type === undefined ? event["detail-type"] : SUMMARIES[type](event.detail);
  const [resource = ""] = event.resources;
  const name = resource.slice(resource.indexOf("/") + 1);
  return [event.time, (type ?? event.source).padEnd(10), name, what].join("  ");
}

type Detail = ToldEvent["detail"];

const SUMMARIES: Readonly<Record<EventType, (detail: Detail) => string>> = {
  task: ({ group, lastStatus, desiredStatus, healthStatus, stoppedReason }) =>
    listed([
      group,
      lastStatus,
      desiredStatus !== lastStatus && `desired ${String(desiredStatus)}`,
      healthStatus !== "UNKNOWN" && healthStatus,
      stoppedReason,
    ]),
  instance: ({ status, agentConnected, remainingResources }) =>
    listed([
      status,
      agentConnected === true ? "connected" : "not connected",
      `left: ${remaining(remainingResources)}`,
    ]),
  service: ({ eventType, eventName, reason }) => listed([eventType, eventName, reason]),
  deployment: ({ eventType, eventName, reason }) => listed([eventType, eventName, reason]),
  session: ({ operation, state, principalArn, containerName, command, exitCode, reason }) =>
    listed([
      operation,
      state,
      principalArn,
      containerName,
      Array.isArray(command) && `command ${JSON.stringify(command)}`,
      typeof exitCode === "number" && `exit code ${exitCode}`,
      reason,
    ]),
};

const listed = (parts: readonly unknown[]): string =>
  parts.filter((part) => typeof part === "string").join(", ");

function remaining(resources: unknown): string {
  if (!Array.isArray(resources)) return "";
  return (resources as readonly { readonly name?: string; readonly integerValue?: number }[])
    .filter(({ integerValue }) => integerValue !== undefined)
    .map(({ name, integerValue }) => `${name} ${integerValue}`)
    .join(", ");
}
