import { readFileSync } from "node:fs";
import type { AppliedPlan, Plan, PlanAssumptions, PlannedChange } from "@berth/contracts/rest/plan";
import { planText } from "../plan-text.ts";
import { type Berth, type RestOptions, say, withBerth } from "../with-berth.ts";

export interface PlanOptions extends RestOptions, Partial<PlanAssumptions> {
  readonly cluster?: string;
  readonly apply: boolean;
}

/** `berth plan …`: what a change would do; with `--apply` the change as well. Returns the exit code. */
export async function plan(change: PlannedChange, options: PlanOptions): Promise<number> {
  const { cluster, startMs, stopMs, horizonMs, tasksFail, hostNotice } = options;
  // What is undefined is left out where it is printed as JSON.
  const assumptions = { startMs, stopMs, horizonMs, tasksFail, hostNotice };
  return planRequest({ cluster, change, assumptions }, options);
}

/** `berth plan --file`: the same for the body of a request. */
export async function planFile(path: string, options: PlanOptions): Promise<number> {
  return planRequest(readJson(path) as object, options);
}

/** `berth plan apply`: makes the change of a plan that `--json` has printed. */
export async function applyFile(path: string, options: PlanOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    const applied = await apply(berth, readJson(path) as Plan);
    say(options, applied, appliedText(applied));
  });
}

async function planRequest(request: object, options: PlanOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    const made = (await berth("POST", "/v1/plans", request)) as Plan;
    // People see what will be before it is.
    if (!options.apply || !options.json) say(options, made, planText(made));
    if (!options.apply) return;
    const applied = await apply(berth, made);
    say(options, { plan: made, applied }, `\n${appliedText(applied)}`);
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
