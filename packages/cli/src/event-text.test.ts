import type { ToldEvent } from "@berth/contracts/ecs-event";
import { expect, test } from "vitest";
import { eventText } from "./event-text.ts";

const anEvent = (detailType: string, resource: string, detail: ToldEvent["detail"]) =>
  eventText({
    version: "0",
    id: "1",
    "detail-type": detailType,
    source: "berth.ecs",
    account: "000000000000",
    time: "2026-01-02T03:04:05Z",
    region: "us-east-1",
    resources: resource === "" ? [] : [`arn:aws:ecs:us-east-1:000000000000:${resource}`],
    detail,
  });

test.each<[string, string, ToldEvent["detail"], string]>([
  [
    "ECS Task State Change",
    "task/default/abc",
    {
      group: "service:web",
      lastStatus: "RUNNING",
      desiredStatus: "STOPPED",
      healthStatus: "UNHEALTHY",
      stoppedReason: "why",
    },
    "task        default/abc  service:web, RUNNING, desired STOPPED, UNHEALTHY, why",
  ],
  [
    "ECS Task State Change",
    "task/default/abc",
    {
      group: "family:web",
      lastStatus: "RUNNING",
      desiredStatus: "RUNNING",
      healthStatus: "UNKNOWN",
    },
    "task        default/abc  family:web, RUNNING",
  ],
  [
    "ECS Container Instance State Change",
    "container-instance/default/abc",
    {
      status: "DRAINING",
      agentConnected: false,
      remainingResources: [
        { name: "CPU", integerValue: 5 },
        { name: "PORTS", stringSetValue: [] },
      ],
    },
    "instance    default/abc  DRAINING, not connected, left: CPU 5",
  ],
  [
    "ECS Service Action",
    "service/default/web",
    { eventType: "INFO", eventName: "SERVICE_STEADY_STATE" },
    "service     default/web  INFO, SERVICE_STEADY_STATE",
  ],
  [
    "ECS Deployment State Change",
    "service/default/web",
    { eventType: "ERROR", eventName: "SERVICE_DEPLOYMENT_FAILED", reason: "broken" },
    "deployment  default/web  ERROR, SERVICE_DEPLOYMENT_FAILED, broken",
  ],
  ["Something", "", { group: 1 }, "berth.ecs     Something"],
])("%s about %s is one line", (detailType, resource, detail, text) => {
  expect(anEvent(detailType, resource, detail)).toBe(`2026-01-02T03:04:05Z  ${text}`);
});
