import { readFileSync } from "node:fs";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import type { AppliedPlan, Plan, PlanAssumptions, PlannedChange } from "@berth/contracts/rest/plan";
import { planText } from "../plan-text.ts";
import { callRest } from "../rest-client.ts";
import { findTarget } from "../target.ts";
import type { Target, TargetOptions } from "../target.ts";

export interface PlanOptions extends TargetOptions, Partial<PlanAssumptions> {
  readonly cluster?: string;
  readonly json: boolean;
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
  return withTarget(options, async (berth) => {
    const applied = await apply(berth, readJson(path) as Plan);
    say(options.json ? print(applied) : appliedText(applied));
  });
}

async function planRequest(request: object, options: PlanOptions): Promise<number> {
  return withTarget(options, async (berth) => {
    const made = (await post(berth, "/v1/plans", request)) as Plan;
    if (!options.json) say(planText(made));
    const applied = options.apply ? await apply(berth, made) : undefined;
    if (options.json) say(print(applied ? { plan: made, applied } : made));
    else if (applied) say(`\n${appliedText(applied)}`);
  });
}

async function apply(
  berth: Target,
  { planId, cluster, change, versions }: Plan,
): Promise<AppliedPlan> {
  const body = { planId, cluster, change, versions };
  return (await post(berth, "/v1/plans/apply", body)) as AppliedPlan;
}

const post = ({ client, endpoint }: Target, path: string, body: object): Promise<unknown> =>
  callRest(client, { method: "POST", url: new URL(path, endpoint), body });

async function withTarget(
  options: PlanOptions,
  work: (berth: Target) => Promise<void>,
): Promise<number> {
  const berth = findTarget(options);
  if (!berth) return EXIT_CODES.notRunning;
  await work(berth);
  return EXIT_CODES.ok;
}

const appliedText = ({ planId }: AppliedPlan): string => `Plan ${planId.slice(0, 12)} is applied.`;

const print = (value: unknown): string => JSON.stringify(value, undefined, 2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
