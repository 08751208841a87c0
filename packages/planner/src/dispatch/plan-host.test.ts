import type { HostNotice, InstanceLedger } from "@berth/domain/container-instance";
import type { AgentSession } from "@berth/domain/session";
import { aLedger, aSession } from "@berth/testing/builders";
import { describe, expect, test } from "vitest";
import { isHostGone, noteHost, welcomeHost } from "./plan-host.ts";

const EC2 = "i-0123456789abcdef0";

const notice = (state: HostNotice["state"], at: number): HostNotice => ({
  ec2InstanceId: EC2,
  state,
  at,
});
const LEAVING = notice("leaving", 10);
const STOPPED = notice("stopped", 20);
const TERMINATED = notice("terminated", 30);

const waiting = (token: string, at: number): HostNotice => ({
  ...notice("leaving", at),
  lifecycleAction: { autoScalingGroup: "berth", hook: "berth-drain", token },
});

const hear = (notices: readonly HostNotice[], ledger = aLedger()): InstanceLedger =>
  notices.reduce((now, each) => noteHost(now, each) ?? now, ledger);

const brief = ({ status, agentConnected, host }: InstanceLedger) =>
  `${status}${agentConnected ? "" : " away"} ${host?.state} ${host?.at}`;

const connectedAt = (at: number): AgentSession => aSession({ connectionId: "c", connectedAt: at });

describe("noteHost", () => {
  test.each([
    { name: "drains what leaves", notices: [LEAVING], expected: "DRAINING leaving 10" },
    { name: "drains what stopped", notices: [STOPPED], expected: "DRAINING away stopped 20" },
    {
      name: "takes out what is terminated",
      notices: [TERMINATED],
      expected: "INACTIVE away terminated 30",
    },
    {
      name: "follows them in order",
      notices: [LEAVING, STOPPED, TERMINATED],
      expected: "INACTIVE away terminated 30",
    },
    {
      name: "does not go back when they come out of order",
      notices: [TERMINATED, STOPPED, LEAVING],
      expected: "INACTIVE away terminated 30",
    },
    {
      name: "does not go back from a stop",
      notices: [STOPPED, LEAVING],
      expected: "DRAINING away stopped 20",
    },
    {
      name: "takes the one further along of two of the same second",
      notices: [notice("stopped", 10), LEAVING, notice("leaving", 10)],
      expected: "DRAINING away stopped 10",
    },
    {
      name: "goes from leaving to stopped within a second",
      notices: [LEAVING, notice("stopped", 10)],
      expected: "DRAINING away stopped 10",
    },
    {
      name: "believes an end, whatever its time",
      notices: [STOPPED, notice("terminated", 5)],
      expected: "INACTIVE away terminated 5",
    },
  ])("$name", ({ notices, expected }) => {
    expect(brief(hear(notices))).toBe(expected);
    expect(brief(hear([...notices, ...notices]))).toBe(expected);
  });

  test.each([LEAVING, STOPPED, TERMINATED])("is not told $state twice", (told) => {
    expect(noteHost(hear([told]), told)).toBeUndefined();
  });

  test.each([
    { name: "is kept", notices: [waiting("a", 10)], expected: "a since 10" },
    {
      name: "is kept when the machine goes on leaving",
      notices: [waiting("a", 10), notice("leaving", 15)],
      expected: "a since 10",
    },
    {
      name: "is heard late",
      notices: [notice("leaving", 15), waiting("a", 10)],
      expected: "a since 10",
    },
    {
      name: "is heard beside a notice of the same second",
      notices: [LEAVING, waiting("a", 10)],
      expected: "a since 10",
    },
    {
      name: "gives way to a later one, and to no earlier one",
      notices: [waiting("b", 12), waiting("a", 10), waiting("c", 15), waiting("b", 12)],
      expected: "c since 15",
    },
    { name: "ends with the machine", notices: [waiting("a", 10), STOPPED], expected: "none" },
    { name: "is none of what has ended", notices: [STOPPED, waiting("a", 10)], expected: "none" },
  ])("a group's waiting $name", ({ notices, expected }) => {
    const { host } = hear([...notices, ...notices]);
    const action = host?.lifecycleAction;
    expect(action ? `${action.token} since ${action.since}` : "none").toBe(expected);
  });

  test("leaves alone what is INACTIVE", () => {
    expect(noteHost(aLedger({ status: "INACTIVE" }), TERMINATED)).toBeUndefined();
  });

  test.each([
    { status: "ACTIVE", drained: true },
    { status: "DRAINING", drained: undefined },
  ] as const)("remembers whether it drained: $status", ({ status, drained }) => {
    expect(hear([LEAVING, STOPPED], aLedger({ status })).host?.drained).toBe(drained);
  });
});

describe("a host", () => {
  test.each([
    { name: "nothing is known of", notices: [], session: undefined, gone: false },
    { name: "that leaves", notices: [LEAVING], session: undefined, gone: false },
    { name: "that stopped", notices: [STOPPED], session: undefined, gone: true },
    { name: "that still looks connected", notices: [STOPPED], session: connectedAt(5), gone: true },
    { name: "that is back", notices: [STOPPED], session: connectedAt(25), gone: false },
    { name: "that is terminated", notices: [TERMINATED], session: connectedAt(99), gone: true },
  ])("$name: gone is $gone", ({ notices, session, gone }) => {
    expect(isHostGone(hear(notices), session)).toBe(gone);
  });
});

describe("welcomeHost", () => {
  const back = (ledger: InstanceLedger) => welcomeHost(ledger, connectedAt(25));

  test("makes ACTIVE again what the stop had drained, once", () => {
    const ledger = hear([LEAVING, STOPPED]);
    const welcomed = back(ledger);
    expect(welcomed).toMatchObject({
      status: "ACTIVE",
      host: { ec2InstanceId: EC2, state: "running", at: 20 },
    });
    expect(welcomed?.host).not.toHaveProperty("drained");
    expect(welcomed && back(welcomed)).toBeUndefined();
  });

  test("leaves DRAINING what a user drained", () => {
    expect(back(hear([STOPPED], aLedger({ status: "DRAINING" })))?.status).toBe("DRAINING");
  });

  test.each([
    { name: "only leaves: agents reconnect at any time", notices: [LEAVING] },
    { name: "is terminated", notices: [STOPPED, TERMINATED] },
    { name: "nobody missed", notices: [] },
  ])("is not for what $name", ({ notices }) => {
    expect(back(hear(notices))).toBeUndefined();
  });

  test("is not for an agent of before the stop, nor for none", () => {
    expect(welcomeHost(hear([STOPPED]), connectedAt(20))).toBeUndefined();
    expect(welcomeHost(hear([STOPPED]), undefined)).toBeUndefined();
  });

  test("leaves INACTIVE what was deregistered meanwhile", () => {
    const deregistered = { ...hear([STOPPED]), status: "INACTIVE" as const };
    expect(back(deregistered)?.status).toBe("INACTIVE");
  });

  test("is not undone by notices of before, and by the next stop it is", () => {
    const welcomed = back(hear([LEAVING, STOPPED])) ?? aLedger();
    expect(brief(hear([LEAVING, STOPPED], welcomed))).toBe("ACTIVE away running 20");
    expect(brief(hear([notice("stopped", 40)], welcomed))).toBe("DRAINING away stopped 40");
  });

  test("hears that the machine leaves, though its agent has connected once more since", () => {
    const welcomed = back(hear([STOPPED])) ?? aLedger();
    const leaving = hear([waiting("a", 22)], welcomed);
    expect(brief(leaving)).toBe("DRAINING away leaving 22");
    expect(leaving.host?.lifecycleAction?.token).toBe("a");
  });
});
