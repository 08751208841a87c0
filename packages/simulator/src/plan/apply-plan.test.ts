import type { ApplyPlanRequest, Plan, PlannedChange } from "@berth/contracts/rest/plan";
import { parseApplyRequest } from "@berth/contracts/rest/plan-request";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import type { Permissions } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { isEcsError } from "@berth/domain/errors";
import { beforeEach, describe, expect, test } from "vitest";
import { addAgent, registerWeb, smallWorld } from "../testing/small-world.ts";
import type { SmallWorld } from "../testing/small-world.ts";
import { applyPlan } from "./apply-plan.ts";
import { makePlan } from "./make-plan.ts";

let small: SmallWorld;

beforeEach(async () => {
  small = await smallWorld();
  await small.world.call("CreateService", {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 2,
  });
  await small.pass(60_000);
});

const SCALE: PlannedChange = { updateService: { service: "web", desiredCount: 4 } };

const plan = async (change: PlannedChange): Promise<Plan> =>
  small.plan(async (context) => makePlan(context, { change, assumptions: {} }));

/** Sent back as it was answered, over the wire. */
const apply = async (planned: ApplyPlanRequest, permissions: Permissions = ADMINISTRATOR) =>
  small.plan(async (context) =>
    applyPlan(
      { ...context, permissions },
      parseApplyRequest(JSON.parse(JSON.stringify(planned)) as unknown),
    ),
  );

const movedSince = async (planned: ApplyPlanRequest) =>
  apply(planned).then(
    () => expect.unreachable("it was applied"),
    (error: unknown) => (isEcsError(error) ? [error.code, error.members["moved"]] : error),
  );

/** As a placement does, whatever it places. */
async function moveLedger(id: string): Promise<void> {
  const { instances } = small.world.truth;
  const ledger = await instances.findLedger("default", id);
  if (ledger) await instances.replaceLedger(ledger);
}

describe("applying a plan", () => {
  test("makes its change", async () => {
    const planned = await plan(SCALE);
    const { planId, response } = await apply(planned);
    expect(planId).toBe(planned.planId);
    expect(response).toMatchObject({ service: { desiredCount: 4 } });
    await small.pass(60_000);
    expect(small.view.tallyOf("service:web").running).toBe(4);
  });

  test.each<{ readonly change: PlannedChange; readonly expected: number }>([
    { change: { runTask: { taskDefinition: "web", count: 2 } }, expected: 4 },
    {
      change: { createService: { serviceName: "b", taskDefinition: "web", desiredCount: 3 } },
      expected: 5,
    },
  ])("makes whatever change it is: $change", async ({ change, expected }) => {
    await apply(await plan(change));
    await small.pass(60_000);
    expect(small.view.tasks.size).toBe(expected);
  });

  test("drains", async () => {
    const id = small.world.agents[0]?.id ?? "";
    await apply(await plan({ drain: [id] }));
    expect((await small.world.truth.instances.findLedger("default", id))?.status).toBe("DRAINING");
  });

  test.each([
    {
      what: "its service",
      move: () => small.world.call("UpdateService", { service: "web", desiredCount: 3 }),
      moved: [expect.stringMatching(/^service web: changed$/)],
    },
    {
      what: "another service",
      move: () =>
        small.world.call("CreateService", {
          serviceName: "other",
          taskDefinition: "web",
          desiredCount: 0,
        }),
      moved: ["service other: new"],
    },
    {
      what: "a task on an instance",
      move: () => small.world.call("RunTask", { taskDefinition: "web" }),
      moved: [expect.stringMatching(/^container instance [0-9a-f]{32}: changed$/)],
    },
    {
      what: "an instance that joined",
      move: () => addAgent(small, "d"),
      moved: [expect.stringMatching(/^container instance [0-9a-f]{32}: new$/)],
    },
  ])("is refused once something moved: $what", async ({ move, moved }) => {
    const planned = await plan(SCALE);
    await move();
    await small.pass(30_000);
    expect(await movedSince(planned)).toEqual([
      "PlanOutdatedException",
      expect.arrayContaining(moved),
    ]);
  });

  test("is refused once the family that it names has another revision", async () => {
    const planned = await plan({ updateService: { service: "web", taskDefinition: "web" } });
    await registerWeb(small.world);
    expect(await movedSince(planned)).toEqual([
      "PlanOutdatedException",
      ["task definition web:1: now web:2"],
    ]);
  });

  test("is refused a second time", async () => {
    const planned = await plan(SCALE);
    await apply(planned);
    expect(await movedSince(planned)).toEqual(["PlanOutdatedException", ["service web: changed"]]);
  });

  test("is refused where the service moves between the last look and the write", async () => {
    const planned = await plan(SCALE);
    const refusal = small.plan(async (context) => {
      const { services } = context.store;
      let reads = 0;
      const findLatest: typeof services.findLatest = async (cluster, name) => {
        reads += 1;
        await small.world.call("UpdateService", { service: "web", desiredCount: 7 });
        return services.findLatest(cluster, name);
      };
      const store = { ...context.store, services: { ...services, findLatest } };
      return applyPlan({ ...context, store }, planned).finally(() => expect(reads).toBe(1));
    });
    await expect(refusal).rejects.toMatchObject({ code: "PlanOutdatedException" });
    expect(small.view.services.get("web")?.desiredCount).toBe(7);
  });

  test("is refused where an instance moves between the last look and its drain", async () => {
    const id = small.world.agents[0]?.id ?? "";
    const planned = await plan({ drain: [id] });
    const refusal = small.plan(async (context) => {
      const { instances } = context.store;
      const findLedger: typeof instances.findLedger = async (cluster, name) => {
        await moveLedger(name);
        return instances.findLedger(cluster, name);
      };
      const store = { ...context.store, instances: { ...instances, findLedger } };
      return applyPlan({ ...context, store }, planned);
    });
    await expect(refusal).rejects.toMatchObject({
      code: "PlanOutdatedException",
      members: { moved: [`container instance ${id}`] },
    });
    expect((await small.world.truth.instances.findLedger("default", id))?.status).toBe("ACTIVE");
  });

  test("is refused for a plan that is not as it was answered, and for a loss", async () => {
    const planned = await plan(SCALE);
    const other = { updateService: { service: "web", desiredCount: 9 } };
    await expect(apply({ ...planned, change: other })).rejects.toThrow("not as it was answered");
    await expect(apply(await plan({ loseZone: "a" }))).rejects.toThrow("can be planned for");
  });

  test("takes the permission for what is planned, beside that for plans", async () => {
    const planned = await plan(SCALE);
    const allowed = (Action: readonly string[]) =>
      permissionsOf({
        kind: "policy",
        document: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action, Resource: "*" }],
        }),
      });
    const rebalance = await plan({ rebalance: "web" });
    await expect(apply(planned, allowed(["berth:*"]))).rejects.toThrow(/ecs:UpdateService/);
    await expect(apply(rebalance, allowed(["berth:*"]))).rejects.toThrow(/ecs:UpdateService/);
    await expect(apply(planned, allowed(["ecs:UpdateService"]))).resolves.toMatchObject({
      planId: planned.planId,
    });
  });

  test("moves the tasks of a rebalance, after which there is nothing to move", async () => {
    await small.world.call("UpdateService", {
      service: "web",
      desiredCount: 8,
      availabilityZoneRebalancing: "DISABLED",
    });
    await small.pass(60_000);
    await addAgent(small, "d");
    await small.pass(2_000);
    const planned = await plan({ rebalance: "web" });
    await apply(planned);
    await small.pass(60_000);
    const zones = small.view.tallyOf("service:web").zones;
    expect(["a", "b", "c", "d"].map((zone) => zones.get(zone))).toEqual([2, 2, 2, 2]);
    const left = planned.moves.map(({ task }) =>
      small.view.tasks.get(task.split("/").at(-1) ?? ""),
    );
    expect(left).toEqual([undefined, undefined]);
    expect((await plan({ rebalance: "web" })).moves).toEqual([]);
  });
});
