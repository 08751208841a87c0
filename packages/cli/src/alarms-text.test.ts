import type { AlarmDescription } from "@berth/contracts/rest/alarms";
import { expect, test } from "vitest";
import { alarmLine, alarmsText } from "./alarms-text.ts";

const alarm: AlarmDescription = {
  alarmName: "errors",
  alarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors",
  state: "ALARM",
  since: "2026-11-21T12:00:00.000Z",
  reason: "5xx > 1 %",
  periodSeconds: 60,
  evaluationPeriods: 3,
  setAt: "2026-11-21T12:00:00.000Z",
  setBy: "arn:aws:iam::000000000000:root",
};

test("alarms are listed in columns", () => {
  const { reason: _, ...quiet } = alarm;
  expect(alarmsText([alarm, { ...quiet, alarmName: "p99", state: "OK" }])).toBe(
    `
ALARM   STATE  SINCE                     PERIODS   REASON
errors  ALARM  2026-11-21T12:00:00.000Z  3 x 60 s  5xx > 1 %
p99     OK     2026-11-21T12:00:00.000Z  3 x 60 s  -
`.trim(),
  );
  expect(alarmsText([])).toBe("Berth has no alarms of its own.");
});

test("one that was set says what it is", () => {
  expect(alarmLine(alarm)).toBe("Alarm errors is ALARM since 2026-11-21T12:00:00.000Z.");
});
