import { z } from "zod";

/* Source: EventBridge API reference, Target, EcsParameters and their members. */

const text = z.string().optional();
const texts = z.record(z.string(), z.string());
const arn = z.string().min(1).max(1600);

export const tagMember = z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

/** What RunTask is asked besides the cluster. */
const ecsParameters = z.object({
  TaskDefinitionArn: arn,
  TaskCount: z.int().min(1).max(10).optional(),
  LaunchType: z.enum(["EC2", "FARGATE", "EXTERNAL"]).optional(),
  NetworkConfiguration: z
    .object({
      awsvpcConfiguration: z
        .object({
          Subnets: z.array(z.string()),
          SecurityGroups: z.array(z.string()).optional(),
          AssignPublicIp: z.enum(["ENABLED", "DISABLED"]).optional(),
        })
        .optional(),
    })
    .optional(),
  PlatformVersion: text,
  Group: text,
  CapacityProviderStrategy: z
    .array(
      z.object({
        capacityProvider: z.string().min(1).max(255),
        weight: z.int().min(0).max(1000).optional(),
        base: z.int().min(0).max(100_000).optional(),
      }),
    )
    .max(6)
    .optional(),
  EnableECSManagedTags: z.boolean().optional(),
  EnableExecuteCommand: z.boolean().optional(),
  PlacementConstraints: z
    .array(
      z.object({
        type: z.enum(["distinctInstance", "memberOf"]).optional(),
        expression: z.string().max(2000).optional(),
      }),
    )
    .max(10)
    .optional(),
  PlacementStrategy: z
    .array(
      z.object({
        type: z.enum(["random", "spread", "binpack"]).optional(),
        field: z.string().max(255).optional(),
      }),
    )
    .max(5)
    .optional(),
  PropagateTags: z.enum(["TASK_DEFINITION"]).optional(),
  ReferenceId: z.string().max(1024).optional(),
  Tags: z.array(tagMember).optional(),
});

export const ruleTarget = z.object({
  Id: z
    .string()
    .min(1)
    .max(64)
    .regex(new RegExp(String.raw`^[\.\-_A-Za-z0-9]+$`)),
  /** Of an API destination, or of a cluster. */
  Arn: arn,
  RoleArn: arn.optional(),
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .object({ InputPathsMap: texts.optional(), InputTemplate: z.string().min(1).max(8192) })
    .optional(),
  HttpParameters: z
    .object({
      PathParameterValues: z.array(z.string()).optional(),
      HeaderParameters: texts.optional(),
      QueryStringParameters: texts.optional(),
    })
    .optional(),
  EcsParameters: ecsParameters.optional(),
  RetryPolicy: z
    .object({
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
    })
    .optional(),
});

/** Whom a rule tells, in EventBridge's own words: it is answered as it was given. */
export type RuleTarget = Readonly<z.output<typeof ruleTarget>>;
export type InputTransformer = NonNullable<RuleTarget["InputTransformer"]>;
export type HttpParameters = NonNullable<RuleTarget["HttpParameters"]>;
export type RetryPolicy = NonNullable<RuleTarget["RetryPolicy"]>;
export type EcsParameters = NonNullable<RuleTarget["EcsParameters"]>;
export type RuleTag = Readonly<z.output<typeof tagMember>>;

/** Where RunTask is called, rather than a URL. */
export const isClusterArn = (text: string): boolean =>
  /^arn:aws:ecs:[^:]*:[^:]*:cluster\/[^/]+$/.test(text);
