import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { UpdateContainerInstancesStateCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import type { Plan } from "@berth/contracts/rest/plan";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Berth } from "./berth.ts";
import { createService, describeService, registerDemo, stable, tasksOf } from "./demo.ts";
import { signedFetch } from "./signed-fetch.ts";

const SCALE = ["update-service", "--service", "web", "--desired-count", "4"];

let berth: Berth;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-plan-"));
  berth = await Berth.start();
  await registerDemo(berth, "web", "1");
  await createService(berth, "web", "web", 2);
  await stable(berth, "web");
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await berth.down();
});

async function berthPlan(args: readonly string[]): Promise<string> {
  const cli = ["packages/cli/bin/berth.js", "plan", ...args, "--data-dir", berth.dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, cli, { env: withoutAws() });
  return stdout;
}

/** Variables of AWS's own would name another Berth. */
const withoutAws = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));

test("berth plan shows what would happen, and nothing does", async () => {
  const output = await berthPlan(SCALE);
  expect(output).toContain("Nothing was changed.");
  expect(output).toMatch(/start +2 +service:web +web:1/);
  expect(output).toMatch(/Tasks running: 2 before, 4 after; 0 pending\./);
  expect((await describeService(berth, "web")).desiredCount).toBe(2);
  expect(await tasksOf(berth, "web")).toHaveLength(2);
});

test("what cannot be placed is told with its figures", async () => {
  const file = join(directory, "change.json");
  const change = { updateService: { service: "web", desiredCount: 5_000 } };
  writeFileSync(file, JSON.stringify({ change, assumptions: { horizonMs: 60_000 } }));
  expect(await berthPlan(["--file", file])).toMatch(
    /4904 tasks find no place\n +RESOURCE:CPU: .*needs 32 units, has 0/,
  );
});

test("a plan is applied, and then what actually happens is what it said", async () => {
  // Refused while the service still writes down that it has come to rest.
  const output = await vi.waitFor(async () => berthPlan([...SCALE, "--apply"]), WAIT);
  expect(output).toMatch(/Plan [0-9a-f]{12} is applied\./);
  const { runningCount } = await stable(berth, "web");
  expect(runningCount).toBe(4);
});

test("a rebalance is told as moves, and made within the service's percentages", async () => {
  // Else the service evens itself out over the zones before anybody asks.
  await berth.ecs.send(
    new UpdateServiceCommand({ service: "web", availabilityZoneRebalancing: "DISABLED" }),
  );
  const instance = await anInstance();
  await setState(instance, "DRAINING");
  await vi.waitFor(async () => expect(await placesOf("web")).not.toContain(instance), WAIT);
  await stable(berth, "web");
  await setState(instance, "ACTIVE");
  const move = new RegExp(`MOVE +FROM +TO\n[0-9a-f]{32} +[0-9a-f]{32} +${instance}\n`);
  // What is on its way out still counts where it is.
  await vi.waitFor(async () => {
    expect(await berthPlan(["rebalance", "web"])).toMatch(move);
  }, WAIT);
  await vi.waitFor(async () => {
    expect(await berthPlan(["rebalance", "web", "--apply"])).toMatch(/is applied\./);
  }, WAIT);
  await vi.waitFor(async () => expect(await placesOf("web")).toContain(instance), WAIT);
  await vi.waitFor(async () => {
    expect(await berthPlan(["rebalance", "web"])).toContain("No task would stand better");
  }, WAIT);
});

test("a plan that was kept is refused once something has changed", async () => {
  const kept = join(directory, "plan.json");
  const json = await berthPlan(["drain", await anInstance(), "--json"]);
  writeFileSync(kept, json);
  await createService(berth, "other", "web", 1);
  await stable(berth, "other");
  const refused = await berthPlan(["apply", kept]).catch(
    (error: { stderr: string }) => error.stderr,
  );
  expect(refused).toContain("409 What the plan was made from has changed");
  expect(refused).toContain("service other: new");

  const { planId, cluster, change, versions } = JSON.parse(json) as Plan;
  const body = JSON.stringify({ planId, cluster, change, versions });
  const answer = await signedFetch(berth, { method: "POST", path: "/v1/plans/apply", body });
  expect(answer.status).toBe(409);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await answer.json()).toMatchObject({
    title: "PlanOutdatedException",
    moved: expect.arrayContaining(["service other: new"]),
  });
});

/** What else happens to the service meanwhile makes a plan outdated. */
const WAIT = { timeout: 30_000, interval: 500 };

async function setState(instance: string, status: "ACTIVE" | "DRAINING"): Promise<void> {
  const containerInstances = [instance];
  await berth.ecs.send(new UpdateContainerInstancesStateCommand({ containerInstances, status }));
}

/** Ids of the instances on which its tasks run. */
const placesOf = async (service: string) =>
  (await tasksOf(berth, service)).map(
    ({ containerInstanceArn = "" }) => containerInstanceArn.split("/").at(-1) ?? "",
  );

async function anInstance(): Promise<string> {
  const [task] = await tasksOf(berth, "web");
  return task?.containerInstanceArn?.split("/").at(-1) ?? "";
}
