import type { Deployment, PlacementFailure, Service } from "@berth/domain/service";
import {
  deploymentCompleted,
  reachedSteadyState,
  taskSetSubject,
  unableToPlace,
  unableToStartConsistently,
} from "@berth/planner/service/service-events";
import { aDeployment, aService, instanceId } from "@berth/testing/builders";
import { aTaskSet } from "@berth/testing/task-sets";
import { describe, expect, test } from "vitest";
import { serviceEvents } from "./service-events.ts";

const scope = { region: "eu-central-1", account: "123456789012" };
const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const TIME = "2026-01-02T03:04:05.000Z";

const eventsOf = (before: Partial<Service> | undefined, after: Partial<Service>) =>
  serviceEvents(scope, { before: before && aService(before), after: aService(after) });

const telling = (message: string): Pick<Service, "newEvents"> => ({
  newEvents: [{ id: "00000000-0000-4000-8000-000000000009", createdAt: AT, message }],
});

const deployment = (
  rolloutState: Deployment["rolloutState"],
  rolloutStateReason: string,
): Deployment => aDeployment({ rolloutState, rolloutStateReason, updatedAt: AT });

const details = (events: readonly object[]) =>
  JSON.parse(
    JSON.stringify(events.map((event) => (event as { detail: object }).detail)),
  ) as unknown;

describe("the deployments of a service", () => {
  test.each<[string, Deployment | undefined, Deployment, object]>([
    [
      "begin",
      undefined,
      deployment("IN_PROGRESS", "begun"),
      { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS", reason: "begun" },
    ],
    [
      "complete",
      deployment("IN_PROGRESS", "begun"),
      deployment("COMPLETED", "done"),
      { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_COMPLETED", reason: "done" },
    ],
    [
      "fail",
      deployment("IN_PROGRESS", "begun"),
      deployment("FAILED", "broken"),
      { eventType: "ERROR", eventName: "SERVICE_DEPLOYMENT_FAILED", reason: "broken" },
    ],
    [
      "are rolled back to",
      deployment("COMPLETED", "done"),
      deployment("IN_PROGRESS", "rolling back"),
      { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS", reason: "rolling back" },
    ],
  ])("are told of where they %s", (_, before, after, detail) => {
    const events = eventsOf(before && { deployments: [before] }, { deployments: [after] });
    expect(events).toMatchObject([
      {
        detailType: "ECS Deployment State Change",
        resource: `${ARN}:service/default/web`,
        time: AT,
      },
    ]);
    expect(details(events)).toEqual([
      {
        ...detail,
        clusterArn: `${ARN}:cluster/default`,
        deploymentId: after.id,
        updatedAt: TIME,
      },
    ]);
  });

  test("are not told of where one only steps back behind a newer one", () => {
    const older = deployment("COMPLETED", "done");
    const newer = { ...deployment("IN_PROGRESS", "begun"), id: "ecs-svc/2" };
    const events = eventsOf(
      { deployments: [older] },
      { deployments: [newer, { ...older, status: "ACTIVE", updatedAt: AT + 1 }] },
    );
    expect(events.map(({ detail }) => detail["deploymentId"])).toEqual(["ecs-svc/2"]);
  });

  test("are told of in the order in which it happened where one fails and is rolled back at once", () => {
    const [good, bad] = [
      deployment("COMPLETED", "done"),
      { ...deployment("IN_PROGRESS", "begun"), id: "ecs-svc/2" },
    ];
    const events = eventsOf(
      { deployments: [bad, { ...good, status: "ACTIVE" }] },
      {
        deployments: [
          { ...good, rolloutState: "IN_PROGRESS", rolloutStateReason: "rolling back" },
          { ...bad, status: "ACTIVE", rolloutState: "FAILED", rolloutStateReason: "broken" },
        ],
      },
    );
    expect(events.map(({ detail }) => detail["eventName"])).toEqual([
      "SERVICE_DEPLOYMENT_FAILED",
      "SERVICE_DEPLOYMENT_IN_PROGRESS",
    ]);
  });
});

describe("the actions of a service", () => {
  const refused = [
    { containerInstanceId: instanceId(1), reason: "RESOURCE:CPU", detail: "" },
    { containerInstanceId: instanceId(2), reason: "RESOURCE:MEMORY", detail: "" },
  ] as const;
  const refusedBy = (...candidates: readonly PlacementFailure[]) => ({ since: 0, candidates });
  const waitingStart = { taskId: "t", deploymentId: "d", decidedAt: 0 };
  const waiting: Pick<Service, "plannedStarts"> = {
    plannedStarts: [{ ...waitingStart, unplaced: refusedBy(...refused) }],
  };
  const taskSets = [aTaskSet(2), aTaskSet(1)];
  const subject = taskSetSubject("web", aTaskSet(2).id);
  const taskSetArn = `${ARN}:task-set/default/web/${aTaskSet(2).id}`;
  const arnOf = (number: number) => `${ARN}:container-instance/default/${instanceId(number)}`;

  test.each<[string, Partial<Service>, object]>([
    [
      "steadiness",
      telling(reachedSteadyState("web")),
      { eventType: "INFO", eventName: "SERVICE_STEADY_STATE" },
    ],
    [
      "starts that keep failing",
      telling(unableToStartConsistently("web")),
      { eventType: "WARN", eventName: "SERVICE_TASK_START_IMPAIRED" },
    ],
    [
      "tasks that no instance takes",
      { ...waiting, ...telling(unableToPlace("web", refused[0])) },
      {
        eventType: "ERROR",
        eventName: "SERVICE_TASK_PLACEMENT_FAILURE",
        containerInstanceArns: [arnOf(1), arnOf(2)],
        reason: "RESOURCE:MEMORY",
      },
    ],
    [
      "a task set's steadiness",
      { taskSets, ...telling(reachedSteadyState(subject)) },
      { eventType: "INFO", eventName: "TASKSET_STEADY_STATE", taskSetArns: [taskSetArn] },
    ],
    [
      "the steadiness of a service with task sets",
      { taskSets, ...telling(reachedSteadyState("web")) },
      { eventType: "INFO", eventName: "SERVICE_STEADY_STATE" },
    ],
    [
      "a task set's starts that keep failing",
      { taskSets, ...telling(unableToStartConsistently(subject)) },
      {
        eventType: "WARN",
        eventName: "SERVICE_TASK_START_IMPAIRED",
        taskSetArns: [taskSetArn],
      },
    ],
    [
      "a task set's tasks that no instance takes",
      {
        taskSets,
        plannedStarts: [
          { ...waitingStart, deploymentId: aTaskSet(1).id, unplaced: refusedBy(refused[1]) },
          { ...waitingStart, deploymentId: aTaskSet(2).id, unplaced: refusedBy(refused[0]) },
        ],
        ...telling(unableToPlace(subject, refused[0])),
      },
      {
        eventType: "ERROR",
        eventName: "SERVICE_TASK_PLACEMENT_FAILURE",
        containerInstanceArns: [arnOf(1)],
        reason: "RESOURCE:CPU",
        taskSetArns: [taskSetArn],
      },
    ],
  ])("tell of %s, once", (_, after, detail) => {
    const events = eventsOf({}, after);
    expect(events).toMatchObject([{ detailType: "ECS Service Action", time: AT }]);
    expect(details(events)).toEqual([
      { ...detail, clusterArn: `${ARN}:cluster/default`, createdAt: TIME },
    ]);
    expect(eventsOf(after, { ...after, desiredCount: 5 })).toEqual([]);
  });

  test("are none where the message is told by another event already", () => {
    expect(eventsOf({}, telling(deploymentCompleted("web", "ecs-svc/1")))).toEqual([]);
  });
});
