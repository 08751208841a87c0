import type { AgentSession } from "@berth/domain/session";
import { describe, expect, test } from "vitest";
import { disconnected, planConnection, planHostLoss } from "./plan-connection.ts";

const settings = {
  heartbeatIntervalMs: 30,
  instanceLostAfterMs: 300,
  auditIntervalMs: 1_000,
  roleKeyLifetimeMs: 3_600,
};
const NOW = 10_000;

const aSession = (members: Partial<AgentSession> = {}): AgentSession => ({
  cluster: "default",
  containerInstanceId: "i1",
  connectionId: "c1",
  greetedConnectionId: "c1",
  connectedAt: NOW - 100,
  leaseUntil: NOW + 120,
  nextHeartbeatAt: NOW + 5,
  auditedAt: NOW - 10,
  renewRolesAt: NOW + 10,
  ...members,
});

const withoutKeys = ({ renewRolesAt: _renewRolesAt, ...session }: AgentSession): AgentSession =>
  session;

const away = (members: Partial<AgentSession>): AgentSession => ({
  cluster: "default",
  containerInstanceId: "i1",
  ...members,
});

describe("planConnection", () => {
  test.each([
    { name: "leaves a quiet connection alone", session: aSession(), expected: "" },
    {
      name: "greets a connection that has not been greeted",
      session: aSession({ greetedConnectionId: "c0" }),
      expected: "greet heartbeat audit",
    },
    {
      name: "sends a heartbeat when it is time",
      session: aSession({ nextHeartbeatAt: NOW }),
      expected: "heartbeat",
    },
    {
      name: "audits once in a while",
      session: aSession({ auditedAt: NOW - 1_000 }),
      expected: "audit",
    },
    {
      name: "renews the keys of roles when it is time",
      session: aSession({ renewRolesAt: NOW }),
      expected: "renewRoles",
    },
    {
      name: "sends keys at once to an agent that has none",
      session: withoutKeys(aSession()),
      expected: "renewRoles",
    },
    {
      name: "takes an agent whose lease has run out for disconnected",
      session: aSession({ leaseUntil: NOW }),
      expected: "away",
    },
    {
      name: "waits for an agent that is away",
      session: away({ disconnectedAt: NOW - 299 }),
      expected: "away",
    },
    {
      name: "gives an agent up that has been away for too long",
      session: away({ disconnectedAt: NOW - 300 }),
      expected: "away lost",
    },
    {
      name: "gives it up only once",
      session: away({ disconnectedAt: NOW - 900, lostAt: NOW - 600 }),
      expected: "away",
    },
  ])("$name", ({ session, expected }) => {
    const plan = planConnection(session, NOW, settings);
    const said = [
      !plan.agentConnected && "away",
      plan.greet && "greet",
      plan.heartbeat && "heartbeat",
      plan.audit && "audit",
      plan.renewRoles && "renewRoles",
      plan.lost && "lost",
    ];
    expect(said.filter(Boolean).join(" ")).toBe(expected);
  });

  test.each([
    {
      name: "a greeting is remembered with the next heartbeat and the audit",
      session: aSession({ greetedConnectionId: "c0" }),
      expected: aSession({ greetedConnectionId: "c1", nextHeartbeatAt: NOW + 30, auditedAt: NOW }),
    },
    {
      name: "a heartbeat is remembered with the next one",
      session: aSession({ nextHeartbeatAt: NOW }),
      expected: aSession({ nextHeartbeatAt: NOW + 30 }),
    },
    {
      name: "an audit leaves the next heartbeat where it is",
      session: aSession({ auditedAt: NOW - 1_000 }),
      expected: aSession({ auditedAt: NOW }),
    },
    {
      name: "keys are renewed at half of their time",
      session: aSession({ renewRolesAt: NOW - 1 }),
      expected: aSession({ renewRolesAt: NOW + 1_800 }),
    },
  ])("$name", ({ session, expected }) => {
    expect(planConnection(session, NOW, settings).session).toEqual(expected);
  });

  test("asks for nothing new when it is repeated at the same moment", () => {
    const first = planConnection(aSession({ greetedConnectionId: "c0" }), NOW, settings);
    const second = planConnection(first.session, NOW, settings);
    expect(second).toMatchObject({ greet: false, heartbeat: false, audit: false });
    expect(second.session).toBe(first.session);
  });

  test("is due when the lease ends, then when the agent counts as lost, then never", () => {
    const present = planConnection(aSession(), NOW, settings);
    expect(present.due).toBe(NOW + 120);
    const absent = planConnection(present.session, NOW + 120, settings);
    expect(absent.due).toBe(NOW + 420);
    const lost = planConnection(absent.session, NOW + 420, settings);
    expect([lost.lost, lost.due]).toEqual([true, undefined]);
    expect(planConnection(lost.session, NOW + 9_000, settings).lost).toBe(false);
  });
});

describe("planHostLoss", () => {
  test.each([
    { name: "that looks connected", session: aSession(), since: NOW },
    { name: "that is away", session: away({ disconnectedAt: NOW - 1 }), since: NOW - 1 },
  ])("gives up at once an agent $name", ({ session, since }) => {
    const { due, ...plan } = planHostLoss(session, NOW);
    expect(due).toBeUndefined();
    expect(plan).toMatchObject({
      session: away({ disconnectedAt: since, lostAt: NOW }),
      agentConnected: false,
      lost: true,
    });
  });

  test("does so once", () => {
    const { session } = planHostLoss(aSession(), NOW);
    const again = planHostLoss(session, NOW + 5);
    expect(again.lost).toBe(false);
    expect(again.session).toBe(session);
  });
});

test("a session that ended forgets its connection and when it was greeted, and not what the agent has", () => {
  const { renewRolesAt = 0 } = aSession();
  expect(disconnected(aSession(), NOW)).toEqual(away({ disconnectedAt: NOW, renewRolesAt }));
});
