import { z } from "zod";

/*
 * The format of the scenarios, as README.md tells it. Unknown members are refused: a misspelt
 * expectation would expect nothing.
 */

const name = z.string().regex(/^[a-z0-9-]+$/);
const units = z.int().min(0);

/** What a task, or each of some equal ones, holds on its instance. */
const holding = z.strictObject({
  group: z.string().default("other"),
  count: z.int().min(1).default(1),
  cpu: units.default(128),
  memory: units.default(128),
  tcpPorts: z.array(z.int()).default([]),
  udpPorts: z.array(z.int()).default([]),
  gpus: units.default(0),
  resources: z.record(z.string(), units).default({}),
  /** For scale-in alone: how the task does, and when it was made. */
  condition: z.enum(["PENDING", "UNHEALTHY", "WARMING", "HEALTHY"]).default("HEALTHY"),
  createdAt: z.int().default(0),
  /** For scale-in alone: the provider that it was started on. */
  capacityProvider: name.optional(),
});

const instance = z.strictObject({
  zone: z.string().optional(),
  /** The one from whose Auto Scaling group it came. */
  capacityProvider: name.optional(),
  cpu: units.default(1024),
  memory: units.default(1024),
  tcpPorts: z.array(z.int()).default([]),
  udpPorts: z.array(z.int()).default([]),
  gpus: units.default(0),
  resources: z.record(z.string(), units).default({}),
  attributes: z.record(z.string(), z.string().nullable()).default({}),
  /** What Berth's agent says it can do; without it only the attributes above. */
  capabilities: z.boolean().default(true),
  status: z.enum(["ACTIVE", "DRAINING", "INACTIVE"]).default("ACTIVE"),
  agentConnected: z.boolean().default(true),
  agentVersion: z.string().optional(),
  ec2InstanceId: z.string().optional(),
  registeredAt: z.iso.datetime().optional(),
  holds: z.array(holding).default([]),
});

const strategy = z.strictObject({
  type: z.enum(["random", "spread", "binpack"]),
  field: z.string().optional(),
});

const constraint = z.strictObject({
  type: z.enum(["distinctInstance", "memberOf"]),
  expression: z.string().optional(),
});

/** As ECS has it, with what it fills in. */
const capacityProviderStrategy = z
  .array(
    z.strictObject({
      capacityProvider: name,
      weight: units.default(0),
      base: units.default(0),
    }),
  )
  .default([]);

/** Members of RegisterTaskDefinition, as ECS has them; containers need no name and image. */
const definition = z
  .looseObject({ containers: z.array(z.looseObject({})).optional() })
  .default({ containers: [{ cpu: 128, memory: 128 }] });

const counts = z.record(name, z.int().min(0));

const expectation = z
  .strictObject({
    /** So many tasks on each instance; none on those that are left out. */
    placed: counts.optional(),
    /** One of these. */
    placedAnyOf: z.array(counts).min(2).optional(),
    /** Every task that is placed is on one of these. */
    among: z.array(name).optional(),
    /** So many tasks in each zone. */
    zones: z.record(z.string(), z.int()).optional(),
    /** So many tasks without an instance. */
    unplaced: z.int().min(0).default(0),
    /** By instance; `none` where there is no instance. */
    failures: z.record(name, z.string()).optional(),
    /** So many tasks stopped on each instance. */
    stopped: counts.optional(),
    stoppedAnyOf: z.array(counts).min(2).optional(),
    error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  })
  .refine(
    ({ unplaced: _unplaced, ...told }) => Object.values(told).some((each) => each !== undefined),
    "expects nothing",
  );

const placing = {
  definition,
  count: z.int().min(1).default(1),
  overrides: z.looseObject({}).optional(),
  launchType: z.enum(["EC2", "EXTERNAL"]).default("EC2"),
  placementStrategy: z.array(strategy).default([]),
  placementConstraints: z.array(constraint).default([]),
  capacityProviderStrategy,
  expect: expectation,
};

const request = z.discriminatedUnion("operation", [
  z.strictObject({
    operation: z.literal("RunTask"),
    group: z.string().default("web"),
    ...placing,
  }),
  z.strictObject({
    operation: z.literal("CreateService"),
    service: z.string().default("web"),
    /** A named template of the console instead of strategies and constraints. */
    template: z.string().optional(),
    ...placing,
  }),
  z.strictObject({
    operation: z.literal("StartTask"),
    group: z.string().default("web"),
    on: z.array(name).min(1),
    ...placing,
  }),
  z.strictObject({
    operation: z.literal("ScaleIn"),
    service: z.string().default("web"),
    count: z.int().min(1),
    placementStrategy: z.array(strategy).default([]),
    capacityProviderStrategy,
    expect: expectation,
  }),
]);

const scenario = z.strictObject({
  name: z.string(),
  /** The document and section that it follows, where it is not that of the file. */
  source: z.string().optional(),
  /** Belongs to the sample that is run through the API with real agents. */
  api: z.boolean().default(false),
  instances: z.record(name, instance.prefault({})),
  requests: z.array(request).min(1),
});

export const scenarioFile = z.strictObject({
  rule: z.string(),
  source: z.string(),
  scenarios: z.array(scenario).min(1),
});

export type GivenInstance = z.infer<typeof instance>;
/** An instance of which nothing is said. */
export const PLAIN_INSTANCE: GivenInstance = instance.parse({});
export type Holding = z.infer<typeof holding>;
export type Expectation = z.infer<typeof expectation>;
export type Request = z.infer<typeof request>;
export type PlacingRequest = Exclude<Request, { operation: "ScaleIn" }>;
export type Scenario = Omit<z.infer<typeof scenario>, "source"> & {
  readonly rule: string;
  readonly source: string;
};
