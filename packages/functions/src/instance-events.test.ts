import type { HostNotice } from "@berth/domain/container-instance";
import { describe, expect, test } from "vitest";
import { createInstanceEventsHandler } from "./instance-events.ts";
import type { InstanceEvent } from "./instance-events.ts";

const EC2 = "i-0123456789abcdef0";
const AT = Date.UTC(2026, 10, 20, 12, 34, 56);

const STATE_CHANGE = "EC2 Instance State-change Notification";
const SPOT = "EC2 Spot Instance Interruption Warning";
const SCALE_IN = "EC2 Instance-terminate Lifecycle Action";

const anEvent = (members: Partial<InstanceEvent>): InstanceEvent => ({
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": STATE_CHANGE,
  source: "aws.ec2",
  account: "123456789012",
  time: "2026-11-20T12:34:56Z",
  region: "eu-central-1",
  resources: [`arn:aws:ec2:eu-central-1:123456789012:instance/${EC2}`],
  detail: { "instance-id": EC2, state: "stopped" },
  ...members,
});

const stateChange = (state: string) => anEvent({ detail: { "instance-id": EC2, state } });

async function handle(event: InstanceEvent, isNews = true) {
  const notices: HostNotice[] = [];
  const lines: string[] = [];
  const handler = createInstanceEventsHandler(
    async (notice) => {
      notices.push(notice);
      return isNews ? [{ cluster: "default", id: "1" }] : [];
    },
    {
      info: (message) => void lines.push(message),
      warn: (message, details) => void lines.push(`${message} ${JSON.stringify(details)}`),
      error: expect.unreachable,
    },
  );
  await handler(event);
  return { notices, lines };
}

const scaleIn = (LifecycleHookName: string) =>
  anEvent({
    source: "aws.autoscaling",
    "detail-type": SCALE_IN,
    detail: {
      LifecycleActionToken: "87654321-4321-4321-4321-210987654321",
      AutoScalingGroupName: "berth-test",
      LifecycleHookName,
      EC2InstanceId: EC2,
      LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      Origin: "AutoScalingGroup",
      Destination: "EC2",
    },
  });

describe("an event", () => {
  test.each([
    { name: "stopping", event: stateChange("stopping"), state: "leaving" },
    { name: "shutting-down", event: stateChange("shutting-down"), state: "leaving" },
    { name: "stopped", event: stateChange("stopped"), state: "stopped" },
    { name: "terminated", event: stateChange("terminated"), state: "terminated" },
    {
      name: "a Spot interruption",
      event: anEvent({
        "detail-type": SPOT,
        detail: { "instance-id": EC2, "instance-action": "terminate" },
      }),
      state: "leaving",
    },
    {
      name: "a group that scales in",
      event: scaleIn("somebody-elses"),
      state: "leaving",
    },
  ])("is read: $name", async ({ event, state }) => {
    const { notices, lines } = await handle(event);
    expect(notices).toEqual([{ ec2InstanceId: EC2, state, at: AT }]);
    expect(lines).toEqual(["A machine leaves or has ended"]);
  });

  test.each(["berth", "berth-drain"])("says that its group waits for Berth: %s", async (hook) => {
    const { notices } = await handle(scaleIn(hook));
    const token = "87654321-4321-4321-4321-210987654321";
    const lifecycleAction = { autoScalingGroup: "berth-test", hook, token };
    expect(notices).toEqual([{ ec2InstanceId: EC2, state: "leaving", at: AT, lifecycleAction }]);
  });

  test.each([
    { name: "another state", event: stateChange("running"), says: "detail.state" },
    { name: "another kind", event: anEvent({ "detail-type": "EBS" }), says: "detail-type" },
    { name: "another source", event: anEvent({ source: "mine" }), says: "source" },
    { name: "no detail", event: anEvent({ detail: undefined }), says: "detail" },
    {
      name: "no instance",
      event: anEvent({ detail: { state: "stopped" } }),
      says: "detail.instance-id",
    },
    {
      name: "a wrong instance",
      event: anEvent({ detail: { "instance-id": "x#y", state: "stopped" } }),
      says: "detail.instance-id",
    },
    { name: "no time", event: anEvent({ time: "now" }), says: "time" },
  ])("is told of and ignored: $name", async ({ event, says }) => {
    const { notices, lines } = await handle(event);
    expect(notices).toEqual([]);
    expect(lines.join()).toMatch(new RegExp(`^Ignored an event .*${says}`));
  });

  test("of a machine that is no container instance is not worth a line", async () => {
    expect((await handle(stateChange("terminated"), false)).lines).toEqual([]);
  });

  test("fails where it could not be written, so that Lambda tries again", async () => {
    const log = { info: expect.unreachable, warn: expect.unreachable, error: expect.unreachable };
    const handler = createInstanceEventsHandler(() => Promise.reject(new Error("no table")), log);
    await expect(handler(stateChange("stopped"))).rejects.toThrow("no table");
  });
});
