import { setAlarmBody } from "@berth/contracts/rest/alarms";
import { z } from "zod";

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/;

/** `90s`, `1.5m`, or a number of seconds. */
const duration = z.union([z.number().min(0), z.string()]).transform((given, context) => {
  const ms = typeof given === "number" ? given * UNIT_MS.s : durationMs(given);
  if (ms !== undefined) return ms;
  context.addIssue(`must be a duration such as 500ms, 90s, 5m or 1h, but was ${given}`);
  return z.NEVER;
});

/** `5s`, or `2s..8s` where each time is drawn. */
const range = z.union([z.number().min(0), z.string()]).transform((given, context) => {
  const ends = (typeof given === "number" ? `${given}s` : given).split("..");
  const [least, most = least] = ends.map(durationMs);
  if (ends.length <= 2 && least !== undefined && most !== undefined && least <= most) {
    return { least, most };
  }
  context.addIssue(`must be a duration such as 5s, or two as in 2s..8s, but was ${given}`);
  return z.NEVER;
});

function durationMs(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

const name = z.string().min(1).max(255);
const count = z.int().min(1).max(100_000);
/** Members are checked by the operation's own reader. */
const ecsRequest = z.record(z.string(), z.unknown());

const template = z.strictObject({
  count: z.int().min(1).max(10_000),
  zones: z.array(name).min(1),
  cpu: z.int().min(1),
  memory: z.int().min(1),
  attributes: z.record(name, z.coerce.string()).default({}),
  resources: z.record(name, z.int().min(1)).default({}),
});

const behaviour = z.strictObject({
  taskDefinition: name,
  start: range.optional(),
  stop: range.optional(),
  failureRate: z.number().min(0).max(1).optional(),
  exits: z.strictObject({ after: range, code: z.int().min(0).max(255).default(0) }).optional(),
  unhealthyAfter: range.optional(),
});

const instances = z
  .strictObject({ count: count.optional(), zone: name.optional() })
  .refine((given) => given.count !== undefined || given.zone !== undefined, {
    error: "must have count, zone or both",
  });
const tasks = z.strictObject({ service: name, count: count.default(1) });

const actions = {
  registerTaskDefinition: ecsRequest,
  createService: ecsRequest,
  updateService: ecsRequest,
  deleteService: ecsRequest,
  createTaskSet: ecsRequest,
  updateTaskSet: ecsRequest,
  deleteTaskSet: ecsRequest,
  updateServicePrimaryTaskSet: ecsRequest,
  runTask: ecsRequest,
  stopTasks: tasks,
  killTasks: tasks,
  drainInstances: instances,
  activateInstances: instances,
  loseInstances: z.strictObject({
    count: count.optional(),
    zone: name.optional(),
    notice: z.boolean().default(false),
  }),
  returnInstances: instances,
  joinInstances: template,
  slowAgents: z.strictObject({
    count: count.optional(),
    zone: name.optional(),
    factor: z.number().min(0.01).max(1_000),
  }),
  setAlarm: z.strictObject({ name, ...setAlarmBody.shape }),
  behave: behaviour,
};

const ACTION_NAMES = Object.keys(actions);

const event = z
  .strictObject({
    at: duration,
    times: z.int().min(1).max(10_000).default(1),
    ...z.strictObject(actions).partial().shape,
  })
  .refine((given) => ACTION_NAMES.filter((each) => each in given).length === 1, {
    error: `must have exactly one of ${ACTION_NAMES.join(", ")}`,
  });

/** A scenario as it is written down. */
export const scenarioSchema = z.strictObject({
  seed: z.int().min(0).max(4_294_967_295).default(1),
  cluster: name.default("default"),
  duration,
  instanceLostAfter: duration.default(300_000),
  instances: z.array(template).min(1),
  capacityProviders: z.array(ecsRequest).default([]),
  taskDefinitions: z.array(ecsRequest).default([]),
  services: z.array(ecsRequest).default([]),
  behaviours: z.array(behaviour).default([]),
  events: z.array(event).default([]),
});

export type GivenScenario = z.infer<typeof scenarioSchema>;
export type GivenEvent = z.infer<typeof event>;
