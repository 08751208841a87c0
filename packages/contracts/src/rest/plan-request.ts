import { EcsError } from "@berth/domain/errors";
import { z } from "zod";
import { parseRequest } from "../ecs-api/parse-request.ts";
import type { ApplyPlanRequest, PlannedChange, PlanRequest } from "./plan.ts";

const HOUR_MS = 3_600_000;
const text = z.string().min(1).max(2_048);
const milliseconds = (most: number) => z.int().min(0).max(most);
/** Members are checked by the operation's own reader, in ECS's words. */
const ecsRequest = z.record(z.string(), z.unknown());

const changes = {
  runTask: ecsRequest,
  createService: ecsRequest,
  updateService: ecsRequest,
  createTaskSet: ecsRequest,
  updateTaskSet: ecsRequest,
  deleteTaskSet: ecsRequest,
  drain: z.array(text).min(1),
  rebalance: text,
  loseInstance: text,
  loseZone: text,
};

const change = z
  .strictObject(changes)
  .partial()
  .refine((given) => Object.keys(given).length === 1, {
    error: `must be exactly one of ${Object.keys(changes).join(", ")}`,
  });

/** Body of `POST /v1/plans`. */
export const planRequest = z.strictObject({
  cluster: text.optional(),
  change,
  assumptions: z
    .strictObject({
      startMs: milliseconds(HOUR_MS),
      stopMs: milliseconds(HOUR_MS),
      horizonMs: z
        .int()
        .min(1_000)
        .max(6 * HOUR_MS),
      tasksFail: z.boolean(),
      hostNotice: z.boolean(),
    })
    .partial()
    .default({}),
});

const versions = z.record(z.string(), z.int());

/** Body of `POST /v1/plans/apply`. Not strict: a plan is sent back as it was answered. */
export const applyRequest = z.object({
  planId: text,
  cluster: text,
  change,
  versions: z.strictObject({
    cluster: z.int(),
    services: versions,
    queuedRuns: versions,
    containerInstances: versions,
    taskDefinition: text.optional(),
  }),
});

/** @throws EcsError InvalidParameterException, and what the reader of the nested request throws */
export function parsePlanRequest(body: unknown): PlanRequest {
  const { cluster, assumptions, ...rest } = parse(planRequest, body);
  return {
    ...(cluster !== undefined && { cluster }),
    change: readChange(rest.change),
    assumptions: withoutUndefined(assumptions),
  };
}

/** @throws EcsError InvalidParameterException, and what the reader of the nested request throws */
export function parseApplyRequest(body: unknown): ApplyPlanRequest {
  const { planId, cluster, versions, ...rest } = parse(applyRequest, body);
  const { taskDefinition, ...versionsOfItems } = versions;
  return {
    planId,
    cluster,
    change: readChange(rest.change),
    versions: { ...versionsOfItems, ...(taskDefinition !== undefined && { taskDefinition }) },
  };
}

function readChange(given: z.infer<typeof change>): PlannedChange {
  const { runTask, createService, updateService, drain } = given;
  if (runTask) return { runTask: parseRequest("RunTask", JSON.stringify(runTask)) };
  if (createService) {
    return { createService: parseRequest("CreateService", JSON.stringify(createService)) };
  }
  if (updateService) {
    return { updateService: parseRequest("UpdateService", JSON.stringify(updateService)) };
  }
  if (drain) return { drain };
  return readTaskSetChange(given) ?? readNamed(given);
}

function readTaskSetChange({
  createTaskSet,
  updateTaskSet,
  deleteTaskSet,
}: z.infer<typeof change>): PlannedChange | undefined {
  if (createTaskSet) {
    return { createTaskSet: parseRequest("CreateTaskSet", JSON.stringify(createTaskSet)) };
  }
  if (updateTaskSet) {
    return { updateTaskSet: parseRequest("UpdateTaskSet", JSON.stringify(updateTaskSet)) };
  }
  if (!deleteTaskSet) return undefined;
  return { deleteTaskSet: parseRequest("DeleteTaskSet", JSON.stringify(deleteTaskSet)) };
}

/** What is said of a change by one name. */
function readNamed({ rebalance, loseInstance, loseZone = "" }: z.infer<typeof change>) {
  if (rebalance !== undefined) return { rebalance };
  return loseInstance === undefined ? { loseZone } : { loseInstance };
}

function parse<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const outcome = schema.safeParse(body);
  if (outcome.success) return outcome.data;
  throw new EcsError("InvalidParameterException", z.prettifyError(outcome.error));
}

function withoutUndefined(
  given: z.infer<typeof planRequest>["assumptions"],
): PlanRequest["assumptions"] {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
