import { z } from "zod";
import { readInput } from "../../json-input.ts";
import type { LogEvents } from "../log-events.ts";
import type { LogGroups } from "../log-groups.ts";
import { invalid, LogsRefusal } from "../refusal.ts";

/** What operations work on. */
export interface OperationContext {
  readonly region: string;
  readonly account: string;
  readonly groups: LogGroups;
  readonly events: LogEvents;
  readonly now: () => number;
}

/** What an operation is done to: nothing by its name, a group, or a stream of it. */
export interface LogResource {
  readonly group?: string;
  readonly stream?: string;
}

/** Takes the body of a request, and asks whether its caller may before it does anything. @throws LogsRefusal */
export type Operation = (
  context: OperationContext,
  body: string,
  authorize: (resource: LogResource) => void,
) => object;

/** An operation by what it takes, what it is done to, and what it does. */
export const operation =
  <Schema extends z.ZodType>(
    schema: Schema,
    resourceOf: (input: z.output<Schema>) => LogResource,
    run: (context: OperationContext, input: z.output<Schema>) => object,
  ): Operation =>
  (context, body, authorize) => {
    const input = readInput(schema, body, REFUSALS);
    authorize(resourceOf(input));
    return run(context, input);
  };

const REFUSALS = {
  invalid,
  malformed: () => new LogsRefusal("SerializationException", "The request is malformed."),
};

/* Members that many operations have. Source: CloudWatch Logs API reference. */

/** As AWS writes it, since refusals show it. */
const GROUP_PATTERN = new RegExp(String.raw`^[\.\-_/#A-Za-z0-9]+$`);
export const groupMember = z.string().min(1).max(512).regex(GROUP_PATTERN);
export const streamMember = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^:*]*$/);
export const timeMember = z.int().min(0).optional();
export const tokenMember = z.string().min(1).optional();
export const tagsMember = z.record(z.string().min(1).max(128), z.string().max(256));
const IDENTIFIER_PATTERN = new RegExp(String.raw`^[\w#+=/:,.@-]*$`);

/** A group, by its name or by its name or ARN. */
export const groupMembers = {
  logGroupName: groupMember.optional(),
  logGroupIdentifier: z.string().min(1).max(2048).regex(IDENTIFIER_PATTERN).optional(),
};

/**
 * The name of the group that is meant.
 *
 * @throws LogsRefusal InvalidParameterException where it is not one
 */
export function groupNamed(input: {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}): string {
  const { logGroupName, logGroupIdentifier } = input;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalid("Exactly one of logGroupName and logGroupIdentifier must be given.");
  }
  return logGroupName ?? groupInArn(logGroupIdentifier ?? "") ?? logGroupIdentifier ?? "";
}

/** The name of the group that an ARN is of, with or without `:*`. */
export const groupInArn = (arn: string): string | undefined =>
  /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)(:\*)?$/.exec(arn)?.[1];

export const groupArn = (
  { region, account }: Pick<OperationContext, "region" | "account">,
  name: string,
): string => `arn:aws:logs:${region}:${account}:log-group:${name}`;
