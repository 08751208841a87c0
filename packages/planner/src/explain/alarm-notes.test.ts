import type { AlarmLook } from "@berth/domain/alarm";
import type { Service } from "@berth/domain/service";
import type { AlarmWatch, ServiceDeployment } from "@berth/domain/service-deployment";
import { aServiceDeployment } from "@berth/testing/builders";
import {
  aServiceSnapshot,
  aServiceTask,
  deploymentId,
  rollingOut,
  superseded,
} from "@berth/testing/service-snapshots";
import { expect, test } from "vitest";
import { alarmNotes } from "./alarm-notes.ts";
import { explainProgress } from "./service-progress.ts";

interface Given {
  readonly rollback?: boolean;
  readonly look?: AlarmLook;
  readonly watch?: AlarmWatch;
  readonly record?: Partial<ServiceDeployment>;
  readonly deployments?: Service["deployments"];
}

const aWatchedService = ({ rollback = true, watch, record, deployments }: Given) => ({
  taskDefinition: "web:2",
  deployments: deployments ?? [rollingOut(2), superseded(1)],
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    alarms: { alarmNames: ["errors", "latency"], enable: true, rollback },
  },
  serviceDeployments: [
    aServiceDeployment({
      deploymentId: deploymentId(2),
      createdAt: 5,
      ...(watch && { alarms: watch }),
      ...record,
    }),
  ],
});

const notesOf = ({ look, ...given }: Given) =>
  alarmNotes({
    service: aServiceSnapshot({ service: aWatchedService(given) }).service,
    nextLookAt: 99,
    ...(look && { alarms: look }),
  });

const OK = { name: "errors", state: "OK", since: 7 } as const;
const LATENCY = { name: "latency", state: "INSUFFICIENT_DATA", since: 8 } as const;
const rollback = { trigger: "alarms", reason: "", startedAt: 9 } as const;

test.each<{ name: string; given: Given; notes: readonly object[] }>([
  {
    name: "what each watched alarm is, since when, and what it would do",
    given: { look: { alarms: [LATENCY, OK] } },
    notes: [
      {
        kind: "alarm",
        text: "Alarm errors is OK: should it go to ALARM, the deployment fails and is rolled back.",
        since: 7,
      },
      {
        kind: "alarm",
        text: "Alarm latency is INSUFFICIENT_DATA: should it go to ALARM, the deployment fails and is rolled back.",
        since: 8,
      },
    ],
  },
  {
    name: "that nothing would be rolled back, and that there is no such alarm",
    given: { rollback: false, look: { alarms: [OK] } },
    notes: [
      {
        kind: "alarm",
        text: "Alarm errors is OK: should it go to ALARM, the deployment fails.",
        since: 7,
      },
      { kind: "alarm", text: "There is no alarm latency, so it says nothing.", until: 99 },
    ],
  },
  {
    name: "that one has just gone off",
    given: { look: { alarms: [{ ...OK, state: "ALARM" }, LATENCY] } },
    notes: [
      {
        kind: "alarm",
        text: "Alarm errors is in ALARM: its controller heeds it with its next look.",
        since: 7,
      },
      expect.objectContaining({ since: 8 }) as object,
    ],
  },
  {
    name: "that CloudWatch does not answer",
    given: { look: { alarms: [], failure: "AccessDenied: no" } },
    notes: [
      {
        kind: "alarm",
        text: "CloudWatch's alarms are not to be seen (AccessDenied: no): the deployment goes on without them until they are.",
        until: 99,
      },
    ],
  },
  {
    name: "that the deployment bakes",
    given: {
      watch: { bakingSince: 50 },
      look: {
        alarms: [
          { ...OK, evaluationMs: 10 },
          { ...LATENCY, evaluationMs: 20 },
        ],
      },
    },
    notes: [
      {
        kind: "baking",
        text: "Its tasks are all healthy, and it bakes: it is complete afterwards, unless an alarm goes off.",
        since: 50,
        until: 70,
      },
      expect.objectContaining({ since: 7 }) as object,
      expect.objectContaining({ since: 8 }) as object,
    ],
  },
  {
    name: "which alarm is why none is watched",
    given: { watch: { alarmingBefore: ["errors"] } },
    notes: [
      {
        kind: "alarm",
        text: "No alarm is watched in this deployment: alarm errors was in ALARM already when it began.",
        since: 5,
      },
    ],
  },
  {
    name: "which alarms are why",
    given: { watch: { alarmingBefore: ["errors", "latency"] } },
    notes: [
      expect.objectContaining({
        text: expect.stringContaining("alarms errors, latency were") as string,
      }) as object,
    ],
  },
  {
    name: "which alarm failed the deployment, on its way back",
    given: {
      watch: { triggered: ["errors"] },
      record: { rollback, status: "ROLLBACK_IN_PROGRESS" },
      deployments: [rollingOut(1), rollingOut(2, { status: "ACTIVE", rolloutState: "FAILED" })],
    },
    notes: [
      {
        kind: "alarm",
        text: `Alarm errors went to ALARM during deployment ${deploymentId(2)}, which failed for that.`,
        since: 9,
      },
    ],
  },
  { name: "nothing after the verdict", given: { record: { status: "SUCCESSFUL" } }, notes: [] },
  { name: "nothing where nobody looked", given: {}, notes: [] },
])("tells $name", ({ given, notes }) => {
  expect(notesOf(given)).toEqual(notes);
});

test("a service that bakes is not called steady", () => {
  const service = aWatchedService({ watch: { bakingSince: 0 } });
  const snapshot = aServiceSnapshot({
    service,
    tasks: [aServiceTask(2, 1), aServiceTask(2, 2)],
    alarms: { alarms: [OK] },
  });
  const kinds = explainProgress(snapshot).map(({ kind }) => kind);
  expect(kinds).toEqual(["baking", "alarm", "alarm"]);
});
