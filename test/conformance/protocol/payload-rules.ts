import { z } from "zod";

/** Keys of the engine's own that replace what the agent builds, and so must not be sent (section 5.1). */
const REPLACING = {
  config: ["Env", "Cmd", "Image"],
  hostConfig: ["Binds", "PortBindings", "Memory"],
} as const;

const text = z.string().min(1);
const integer = z.int().nonnegative();

/** The agent takes the last segment for the task's id. */
const taskArn = z.string().regex(/^arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:task\/.+\/[0-9a-f]{32}$/);

/** A key other than `command` fails the whole task. */
const overrides = z
  .string()
  .refine((value) => Object.keys(objectOf(value) ?? { none: 1 }).every((key) => key === "command"));

const dockerConfig = z.strictObject({
  version: z.string().regex(/^1\.\d+$/),
  config: engineText("config").optional(),
  hostConfig: engineText("hostConfig").optional(),
});

const container = z
  .looseObject({
    name: text,
    image: text,
    essential: z.boolean(),
    cpu: integer.optional(),
    memory: integer.optional(),
    command: z.array(z.string()).optional(),
    entryPoint: z.array(z.string()).optional(),
    environment: z.record(z.string(), z.string()).optional(),
    overrides: overrides.optional(),
    links: z.array(z.string()).optional(),
    startTimeout: integer.optional(),
    stopTimeout: integer.optional(),
    healthCheckType: z.literal("docker").optional(),
    dockerConfig: dockerConfig.optional(),
    dependsOn: z
      .array(
        z.looseObject({
          containerName: text,
          condition: z.enum(["START", "COMPLETE", "SUCCESS", "HEALTHY"]),
        }),
      )
      .optional(),
    portMappings: z
      .array(z.looseObject({ protocol: z.enum(["tcp", "udp"]), hostPort: integer.optional() }))
      .optional(),
    mountPoints: z.array(z.looseObject({ sourceVolume: text, containerPath: text })).optional(),
  })
  .refine(({ healthCheckType, dockerConfig: given }) => {
    const config = objectOf(given?.config ?? "{}");
    return healthCheckType === undefined || config?.["Healthcheck"] !== undefined;
  }, "has healthCheckType docker and no Healthcheck")
  .refine(
    (given) => !("privileged" in given || "linuxParameters" in given),
    "has what agents ignore: it belongs into hostConfig",
  );

const BLOCKS: Readonly<Record<string, string>> = {
  host: "host",
  docker: "dockerVolumeConfiguration",
  efs: "efsVolumeConfiguration",
};

const volume = z
  .looseObject({ name: text, type: z.enum(["host", "docker", "efs", "ebs", "s3files"]) })
  .refine(({ type, ...blocks }) => {
    const block = BLOCKS[type];
    return block === undefined || typeof blocks[block] === "object";
  }, "has no block for its type");

/** Section 9, but for the address: no agent that waits for one is sent such a task (ADR 0040). */
const networkInterface = z.looseObject({
  attachmentArn: z.string().regex(/^arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:attachment\/[0-9a-f-]{36}$/),
  ec2Id: z.string().regex(/^eni-[0-9a-f]{17}$/),
  macAddress: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/),
  index: integer,
  privateDnsName: text,
});

const task = z
  .looseObject({
    arn: taskArn,
    desiredStatus: z.enum(["RUNNING", "STOPPED"]),
    family: text,
    version: z.string().regex(/^\d+$/),
    containers: z.array(container).min(1),
    volumes: z.array(volume),
    // vCPU: 10 and more only on machines that no test registers, so that units are noticed.
    cpu: z.number().positive().max(16).optional(),
    memory: z.int().positive().optional(),
    networkMode: z.enum(["bridge", "host", "awsvpc", "none"]).optional(),
    elasticNetworkInterfaces: z.array(networkInterface).length(1).optional(),
  })
  .refine(
    ({ networkMode, elasticNetworkInterfaces: interfaces }) =>
      (networkMode === "awsvpc") === (interfaces !== undefined),
    "has a network interface where it has networkMode awsvpc, and nowhere else",
  );

/** What is wrong with the tasks of a PayloadMessage: section 5. */
export function faultsOfPayload({ tasks }: Readonly<Record<string, unknown>>): readonly string[] {
  const { error } = z.array(task).safeParse(tasks);
  return (error?.issues ?? []).map(
    (issue) => `PayloadMessage: tasks.${issue.path.join(".")}: ${issue.message}`,
  );
}

/** JSON text of an object, without what the agent has to make. */
function engineText(member: keyof typeof REPLACING) {
  return z.string().superRefine((value, context) => {
    const parsed = objectOf(value);
    if (!parsed) context.addIssue("is no JSON text of an object");
    const replacing = REPLACING[member].filter((key) => Object.hasOwn(parsed ?? {}, key));
    for (const key of replacing) context.addIssue(`replaces the agent's own ${key}`);
  });
}

function objectOf(value: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
