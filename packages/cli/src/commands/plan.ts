import { readFileSync } from "node:fs";
import type { AppliedPlan, Plan, PlannedChange } from "@berth/contracts/rest/plan";
import type { Circumstances } from "../plan-request.ts";
import { planRequest, refuseCircumstances, requestOfFile } from "../plan-request.ts";
import { planText } from "../plan-text.ts";
import { type Berth, type RestOptions, say, withBerth } from "../with-berth.ts";

export interface PlanOptions extends RestOptions, Circumstances {
  readonly apply: boolean;
  readonly file?: string;
}

/** `berth plan …`: what a change would do; with `--apply` the change as well. Returns the exit code. */
export async function plan(change: PlannedChange, options: PlanOptions): Promise<number> {
  if (options.file !== undefined) {
    throw new Error(`--file ${options.file}: a request in a file has a change of its own`);
  }
  return makePlan(planRequest(change, options), options);
}

/** `berth plan --file`: the same for the body of a request. */
export async function planFile(path: string, options: PlanOptions): Promise<number> {
  return makePlan(requestOfFile(readJson(path), options), options);
}

/** `berth plan apply`: makes the change of a plan that `--json` has printed. */
export async function applyFile(path: string, options: PlanOptions): Promise<number> {
  refuseCircumstances(options);
  return withBerth(options, async (berth) => {
    const applied = await apply(berth, readJson(path) as Plan);
    say(options, applied, appliedText(applied));
  });
}

async function makePlan(request: object, options: PlanOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    const made = (await berth("POST", "/v1/plans", request)) as Plan;
    if (!options.apply) return say(options, made, planText(made));
    // People see what is to happen also where it is refused then.
    if (!options.json) say(options, made, `${planText(made)}\n`);
    const applied = await apply(berth, made);
    say(options, { plan: made, applied }, appliedText(applied));
  });
}

async function apply(
  berth: Berth,
  { planId, cluster, change, versions }: Plan,
): Promise<AppliedPlan> {
  const body = { planId, cluster, change, versions };
  return (await berth("POST", "/v1/plans/apply", body)) as AppliedPlan;
}

const appliedText = ({ planId }: AppliedPlan): string => `Plan ${planId.slice(0, 12)} is applied.`;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
