import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { beforeEach, describe, expect, test } from "vitest";
import { deleteAlarm, getAlarm, listAlarms, setAlarm } from "./alarms.ts";

let controlPlane: TestControlPlane;
beforeEach(() => {
  controlPlane = aControlPlane({ now: Date.UTC(2026, 0, 1) });
});

const AT = "2026-01-01T00:00:00.000Z";
const ERRORS = {
  alarmName: "errors",
  alarmArn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors",
  state: "ALARM",
  since: AT,
  periodSeconds: 60,
  evaluationPeriods: 1,
  setAt: AT,
  setBy: "arn:aws:iam::123456789012:root",
};

describe("setAlarm", () => {
  test("makes the alarm where there is none, of one minute", async () => {
    expect(await setAlarm(controlPlane, "errors", { state: "ALARM" })).toEqual(ERRORS);
    expect(await getAlarm(controlPlane, "errors")).toEqual(ERRORS);
  });

  test("keeps its times, and forgets its reason", async () => {
    const times = { periodSeconds: 10, evaluationPeriods: 3 };
    await setAlarm(controlPlane, "errors", { state: "OK", reason: "calm", ...times });
    const set = await setAlarm(controlPlane, "errors", { state: "ALARM" });
    expect(set).toEqual({ ...ERRORS, ...times });
  });

  test("leaves it as old as it is where it says nothing new", async () => {
    await setAlarm(controlPlane, "errors", { state: "ALARM" });
    controlPlane.advance(1_000);
    const again = await setAlarm(controlPlane, "errors", { state: "ALARM", reason: "still" });
    expect(again).toEqual({
      ...ERRORS,
      reason: "still",
      setAt: "2026-01-01T00:00:01.000Z",
    });
    controlPlane.advance(1_000);
    const changed = await setAlarm(controlPlane, "errors", { state: "OK" });
    expect(changed.since).toBe("2026-01-01T00:00:02.000Z");
  });

  test.each(["", "a".repeat(256), "a\nb", "a\u0000"])("refuses the name %j", async (name) => {
    await expect(setAlarm(controlPlane, name, { state: "OK" })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "name: must be 1 to 255 characters, none of them a control.",
    });
  });

  test("of two at once, the later one holds", async () => {
    await Promise.all([
      setAlarm(controlPlane, "errors", { state: "OK" }),
      setAlarm(controlPlane, "errors", { state: "ALARM" }),
    ]);
    const { alarms } = await listAlarms(controlPlane, { limit: 10 });
    expect(alarms).toHaveLength(1);
  });
});

test("alarms are listed page by page", async () => {
  for (const name of ["a", "b", "c"]) await setAlarm(controlPlane, name, { state: "OK" });
  const first = await listAlarms(controlPlane, { limit: 2 });
  expect(first.alarms.map(({ alarmName }) => alarmName)).toEqual(["a", "b"]);
  const rest = await listAlarms(controlPlane, { limit: 2, startAfter: first.next ?? "" });
  expect(rest.alarms.map(({ alarmName }) => alarmName)).toEqual(["c"]);
});

test("an alarm is deleted once, and not there afterwards", async () => {
  await setAlarm(controlPlane, "errors", { state: "OK" });
  await deleteAlarm(controlPlane, "errors");
  const missing = {
    code: "ResourceNotFoundException",
    message: "Berth has no alarm errors of its own.",
  };
  await expect(getAlarm(controlPlane, "errors")).rejects.toMatchObject(missing);
  await expect(deleteAlarm(controlPlane, "errors")).rejects.toMatchObject(missing);
});
