import { readFileSync } from "node:fs";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import type { AppliedPlan, Plan, PlanAssumptions, PlannedChange } from "@berth/contracts/rest/plan";
import { openClient } from "../open-client.ts";
import type { BerthClient } from "../open-client.ts";
import { planText } from "../plan-text.ts";
import { postSigned } from "../rest-client.ts";

export interface PlanOptions extends Partial<PlanAssumptions> {
  readonly dataDir: string;
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
  return planRequest(readJson(path), options);
}

/** `berth plan apply`: makes the change of a plan that `--json` has printed. */
export async function applyFile(path: string, options: PlanOptions): Promise<number> {
  return withClient(options, async (berth) => {
    const applied = await apply(berth, readJson(path) as Plan);
    say(options.json ? print(applied) : appliedText(applied));
  });
}

async function planRequest(request: unknown, options: PlanOptions): Promise<number> {
  return withClient(options, async (berth) => {
    const url = new URL("/v1/plans", berth.endpoint);
    const made = (await postSigned(berth.client, url, request)) as Plan;
    if (!options.json) say(planText(made));
    const applied = options.apply ? await apply(berth, made) : undefined;
    if (options.json) say(print(applied ? { plan: made, applied } : made));
    else if (applied) say(`\n${appliedText(applied)}`);
  });
}

async function apply(
  { client, endpoint }: BerthClient,
  { planId, cluster, change, versions }: Plan,
): Promise<AppliedPlan> {
  const url = new URL("/v1/plans/apply", endpoint);
  return (await postSigned(client, url, { planId, cluster, change, versions })) as AppliedPlan;
}

async function withClient(
  { dataDir }: PlanOptions,
  work: (berth: BerthClient) => Promise<void>,
): Promise<number> {
  const berth = openClient(dataDir);
  if (!berth) {
    process.stderr.write(`Berth does not run on ${dataDir}. "berth up" starts it.\n`);
    return EXIT_CODES.notRunning;
  }
  await work(berth);
  return EXIT_CODES.ok;
}

const appliedText = ({ planId }: AppliedPlan): string => `Plan ${planId.slice(0, 12)} is applied.`;

const print = (value: unknown): string => JSON.stringify(value, undefined, 2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
