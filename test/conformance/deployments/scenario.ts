import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/*
 * The format of the scenarios of deployments, as ../README.md tells it. Unknown members are refused:
 * a misspelt expectation would expect nothing.
 */

const name = z.string().min(1);
const state = z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]);
const HOMES = ["own", "cloudWatch"] as const;

const alarm = z.strictObject({
  state: state.default("OK"),
  periodSeconds: z.int().min(1).default(60),
  evaluationPeriods: z.int().min(1).default(1),
});

const expectation = z
  .strictObject({
    /** Of the service. */
    taskDefinition: name,
    running: z.int().min(0),
    deployments: z.int().min(1),
    /** As the waiter `services-stable` has it. */
    stable: z.boolean(),
    /** Of its PRIMARY deployment. */
    rolloutState: name,
    rolloutStateReason: name,
    /** Of the service deployment. */
    status: name,
    statusReason: name,
    /** What its alarms do, and which of them went off. */
    monitor: name,
    triggered: z.array(name),
    /** In this order, others between them. */
    events: z.array(name),
  })
  .partial()
  .refine((given) => Object.keys(given).length > 0, "expects nothing");

const at = z.number().min(0);
const moment = z.union([
  z.strictObject({ at, set: z.record(name, state) }),
  z.strictObject({ at, cloudWatch: z.enum(["silent", "answers"]) }),
  z.strictObject({ at, deploy: z.enum(["good", "broken"]) }),
  z.strictObject({ at, expect: expectation }),
]);

const scenario = z.strictObject({
  name,
  /** The document and section that it follows, where it is not that of the file. */
  source: name.optional(),
  /** Whose the alarms are: by default it is played with both. */
  homes: z
    .array(z.enum(HOMES))
    .min(1)
    .default([...HOMES]),
  schedulingStrategy: z.enum(["REPLICA", "DAEMON"]).default("REPLICA"),
  /** There was no deployment before. */
  isFirst: z.boolean().default(false),
  image: z.enum(["good", "broken"]).default("good"),
  alarms: z.record(name, alarm.prefault({})),
  /** As ECS has it. */
  deploymentConfiguration: z.looseObject({}),
  timeline: z
    .array(moment)
    .min(1)
    .refine((given) => given.some((each) => "expect" in each), "expects nothing"),
});

const scenarioFile = z.strictObject({ rule: name, source: name, scenarios: z.array(scenario) });

export type Home = (typeof HOMES)[number];
export type GivenAlarm = z.infer<typeof alarm>;
export type Expectation = z.infer<typeof expectation>;
export type Moment = z.infer<typeof moment>;
export type DeploymentScenario = z.infer<typeof scenario>;

/** One scenario with one kind of alarms. */
export interface Played extends DeploymentScenario {
  readonly home: Home;
  readonly source: string;
}

/** @throws Error that says what is wrong in the file */
export function readDeploymentScenarios(file: string): readonly Played[] {
  const text = readFileSync(join(import.meta.dirname, file), "utf8");
  const parsed = scenarioFile.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { source, scenarios } = parsed.data;
  return scenarios.flatMap((each) =>
    each.homes.map((home) => Object.assign({ source }, each, { home })),
  );
}
