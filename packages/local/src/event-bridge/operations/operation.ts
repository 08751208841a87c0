import { z } from "zod";
import { parseInput } from "../parse-input.ts";
import type { RuleBook } from "../rule-book.ts";

/** What operations work on. */
export interface OperationContext {
  /** Of Berth's own bus, which `default` is another name of. */
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly book: RuleBook;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Takes the body of a request. @throws EventBridgeRefusal */
export type Operation = (context: OperationContext, body: string) => object;

/** An operation by what it takes and what it does with that. */
export const operation =
  <Schema extends z.ZodType>(
    schema: Schema,
    run: (context: OperationContext, input: z.output<Schema>) => object,
  ): Operation =>
  (context, body) =>
    run(context, parseInput(schema, body));

/* Members that many operations have. Source: EventBridge API reference. */

/** As AWS writes it, since refusals show it. */
const NAME_PATTERN = new RegExp(String.raw`^[\.\-_A-Za-z0-9]+$`);
const BUS_PATTERN = new RegExp(
  String.raw`^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+$`,
);
export const nameMember = z.string().min(1).max(64).regex(NAME_PATTERN);
export const busMember = z.string().min(1).max(1600).regex(BUS_PATTERN).optional();
export const arnMember = z.string().min(1).max(1600);
export const descriptionMember = z.string().max(512).optional();
export const prefixMember = nameMember.optional();
export const pageMembers = {
  NextToken: z.string().min(1).max(2048).optional(),
  Limit: z.int().min(1).max(100).optional(),
};
