import type { InstanceLedger } from "@berth/domain/container-instance";
import { aLedger, anInstance, aReservation, instanceId, taskId } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { instanceEvents } from "./instance-events.ts";

const scope = { region: "eu-central-1", account: "123456789012" };
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const description = {
  ...anInstance({
    ec2InstanceId: "i-1",
    attributes: [{ name: "ecs.availability-zone", value: "a" }],
    versionInfo: { agentVersion: "1.0.0" },
    registered: { cpuUnits: 1024, memoryMiB: 2048, usedTcpPorts: [22], usedUdpPorts: [] },
  }),
  version: 1,
};

const eventsOf = (before: Partial<InstanceLedger> | undefined, after: Partial<InstanceLedger>) =>
  instanceEvents(scope, {
    before: before && { ...aLedger(before), version: 6 },
    after: { ...aLedger(after), version: 7 },
    description,
    at: AT,
  });

const reservations = { [taskId("service:web", 1)]: aReservation({ tcpPorts: [80] }) };

describe("an event of a container instance", () => {
  test.each<[string, Partial<InstanceLedger> | undefined, Partial<InstanceLedger>, object]>([
    [
      "registers",
      undefined,
      { agentConnected: false },
      { agentConnected: false, status: "ACTIVE" },
    ],
    ["connects", { agentConnected: false }, {}, { agentConnected: true }],
    ["drains", {}, { status: "DRAINING" }, { status: "DRAINING" }],
    ["is deregistered", {}, { status: "INACTIVE" }, { status: "INACTIVE" }],
    ["describes itself anew", {}, { descriptionVersion: 2 }, { status: "ACTIVE" }],
    [
      "gives capacity to a task",
      {},
      { reservations },
      {
        remainingResources: [
          { name: "CPU", type: "INTEGER", integerValue: 896 },
          { name: "MEMORY", type: "INTEGER", integerValue: 1920 },
          { name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "80"] },
          { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
        ],
      },
    ],
    [
      "gets capacity back",
      { reservations },
      {},
      { remainingResources: [{ integerValue: 1024 }, {}, {}, {}] },
    ],
  ])("is told where it %s", (_, before, after, detail) => {
    const [event, ...others] = eventsOf(before, after);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ detailType: "ECS Container Instance State Change", time: AT });
    expect(event?.detail).toMatchObject({ ...detail, version: 7 });
  });

  test("is not told where only what Berth notes of the machine changes", () => {
    const host = { ec2InstanceId: "i-1", state: "leaving", at: AT } as const;
    expect(eventsOf({}, { host })).toEqual([]);
  });

  test("has the form of ECS's", () => {
    const [event] = eventsOf(undefined, {});
    const arn = "arn:aws:ecs:eu-central-1:123456789012";
    expect(event?.resource).toBe(`${arn}:container-instance/default/${instanceId(1)}`);
    const resources = [
      { name: "CPU", type: "INTEGER", integerValue: 1024 },
      { name: "MEMORY", type: "INTEGER", integerValue: 2048 },
      { name: "PORTS", type: "STRINGSET", stringSetValue: ["22"] },
      { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
    ];
    expect(JSON.parse(JSON.stringify(event?.detail))).toEqual({
      agentConnected: true,
      attributes: [{ name: "ecs.availability-zone", value: "a" }],
      clusterArn: `${arn}:cluster/default`,
      containerInstanceArn: `${arn}:container-instance/default/${instanceId(1)}`,
      ec2InstanceId: "i-1",
      registeredResources: resources,
      remainingResources: resources,
      status: "ACTIVE",
      versionInfo: { agentVersion: "1.0.0" },
      version: 7,
      updatedAt: "2026-01-02T03:04:05.000Z",
    });
  });
});
