import { z } from "zod";

/*
 * The format of scenarios of task sets, as README.md tells it. Unknown members are refused: a
 * misspelt expectation would expect nothing.
 */

const name = z.string().regex(/^[a-z0-9-]+$/);
const count = z.int().min(0);

/** What is shown of a task set; what is left out may be anything. */
const taskSet = z.strictObject({
  status: z.enum(["PRIMARY", "ACTIVE", "DRAINING"]).optional(),
  taskDefinition: z.string().optional(),
  launchType: z.string().optional(),
  externalId: z.string().optional(),
  scale: z.number().optional(),
  computedDesiredCount: count.optional(),
  runningCount: count.optional(),
  pendingCount: count.optional(),
  stabilityStatus: z.enum(["STEADY_STATE", "STABILIZING"]).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const service = z.strictObject({
  status: z.enum(["ACTIVE", "DRAINING", "INACTIVE"]).optional(),
  desiredCount: count.optional(),
  runningCount: count.optional(),
  /** `none` while there is no PRIMARY set. */
  taskDefinition: z.string().optional(),
  launchType: z.string().optional(),
  /** How many. */
  deployments: count.optional(),
});

const error = z.strictObject({ code: z.string(), message: z.string() });
const request = z.looseObject({}).default({});

const call = z.strictObject({
  do: z.enum([
    "CreateService",
    "UpdateService",
    "DeleteService",
    "CreateTaskSet",
    "UpdateTaskSet",
    "DeleteTaskSet",
    "UpdateServicePrimaryTaskSet",
    "DescribeTaskSets",
    "StopTask",
    "UpdateContainerInstancesState",
  ]),
  /** The set that it is about: of CreateTaskSet the name that it has from then on. */
  set: z.string().optional(),
  request,
  /** What is answered of the set. */
  answer: taskSet.optional(),
  /** Of DescribeTaskSets. */
  missing: z.array(z.string()).optional(),
  error: error.optional(),
});

const expectation = z.strictObject({
  /** Every set that there is, by its name, once all has come to rest. */
  sets: z.record(name, taskSet),
  service: service.optional(),
});

const scenario = z.strictObject({
  name: z.string(),
  /** The document and section that it follows, where it is not that of the file. */
  source: z.string().optional(),
  /** Belongs to the sample that is played through the API with real agents. */
  api: z.boolean().default(false),
  /** Of the service `shop`; none is made where it is left out. */
  desiredCount: count.optional(),
  instances: z.int().min(1).max(3).default(2),
  steps: z.array(z.union([call, z.strictObject({ atRest: expectation })])).min(1),
});

export const taskSetFile = z.strictObject({
  rule: z.string(),
  source: z.string(),
  scenarios: z.array(scenario).min(1),
});

export type ExpectedTaskSet = z.infer<typeof taskSet>;
export type Expectation = z.infer<typeof expectation>;
export type Call = z.infer<typeof call>;
export type TaskSetScenario = Omit<z.infer<typeof scenario>, "source"> & {
  readonly rule: string;
  readonly source: string;
};
