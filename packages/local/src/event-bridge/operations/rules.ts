import { z } from "zod";
import { matchesEvent } from "../pattern/match-event.ts";
import type { EventPattern } from "../pattern/event-pattern.ts";
import { isObject, readPattern } from "../pattern/read-pattern.ts";
import { EventBridgeRefusal, invalid, invalidParameter, limitExceeded } from "../refusal.ts";
import { type Rule, RULE_STATES, type RuleState } from "../rule-book.ts";
import { tagMember } from "../rule-target.ts";
import { busNamed } from "./buses.ts";
import { findRule, ruleArn } from "./find-rule.ts";
import {
  arnMember,
  busMember,
  descriptionMember,
  nameMember,
  type Operation,
  operation,
  type OperationContext,
  pageMembers,
  prefixMember,
} from "./operation.ts";
import { pageOf } from "./paging.ts";
import { checkedTags } from "./tags.ts";

/** On a bus. Source: EventBridge user guide, quotas. */
export const MAX_RULES = 300;

const patternMember = z.string().max(4096);
const ruleInput = z.object({ Name: nameMember, EventBusName: busMember });

const putRuleInput = ruleInput.extend({
  EventPattern: patternMember.optional(),
  ScheduleExpression: z.string().max(256).optional(),
  State: z.enum(RULE_STATES).optional(),
  Description: descriptionMember,
  RoleArn: arnMember.optional(),
  Tags: z.array(tagMember).optional(),
});

export const RULE_OPERATIONS: readonly (readonly [string, Operation])[] = [
  ["PutRule", operation(putRuleInput, putRule)],
  [
    "DescribeRule",
    operation(ruleInput, (context, { Name, EventBusName }) => {
      const { busName, rule } = findRule(context, Name, EventBusName);
      return { ...present(context, busName, rule), CreatedBy: context.account };
    }),
  ],
  ["EnableRule", operation(ruleInput, (context, input) => setState(context, input, "ENABLED"))],
  ["DisableRule", operation(ruleInput, (context, input) => setState(context, input, "DISABLED"))],
  ["DeleteRule", operation(ruleInput, deleteRule)],
  [
    "ListRules",
    operation(
      z.object({ NamePrefix: prefixMember, EventBusName: busMember, ...pageMembers }),
      (context, { EventBusName, ...page }) => {
        const busName = busNamed(context, EventBusName);
        const { items, token } = pageOf(context.book.rules.values(), ({ name }) => name, page);
        return { Rules: items.map((rule) => present(context, busName, rule)), ...token };
      },
    ),
  ],
  [
    "TestEventPattern",
    operation(z.object({ EventPattern: patternMember, Event: z.string() }), (_, input) => ({
      Result: matchesEvent(checkedPattern(input.EventPattern), checkedEvent(input.Event)),
    })),
  ],
];

function present(context: OperationContext, busName: string, rule: Rule): object {
  return {
    Name: rule.name,
    Arn: ruleArn(context, busName, rule.name),
    EventPattern: rule.eventPattern,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: busName,
  };
}

type PutRuleInput = z.output<typeof putRuleInput>;

function putRule(context: OperationContext, input: PutRuleInput): object {
  const busName = busNamed(context, input.EventBusName);
  const eventPattern = patternOf(input);
  const before = context.book.rules.get(input.Name);
  if (!before && context.book.rules.size >= MAX_RULES) throw limitExceeded();
  context.book.put("rules", {
    name: input.Name,
    eventPattern,
    state: input.State ?? "ENABLED",
    description: input.Description,
    roleArn: input.RoleArn,
    // As on AWS: of a rule that is there, tags are changed by TagResource alone.
    tags: before?.tags ?? checkedTags(input.Tags ?? []),
    targets: before?.targets ?? [],
  });
  return { RuleArn: ruleArn(context, busName, input.Name) };
}

function patternOf({ EventPattern, ScheduleExpression }: PutRuleInput): string {
  if (ScheduleExpression) {
    throw invalidParameter(
      "ScheduleExpression",
      "The EventBridge of one machine has no schedules; a rule needs an EventPattern.",
    );
  }
  if (!EventPattern) {
    throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  checkedPattern(EventPattern);
  return EventPattern;
}

/** @throws EventBridgeRefusal InvalidEventPatternException */
function checkedPattern(text: string): EventPattern {
  const reading = readPattern(text);
  if (reading.kind === "read") return reading.pattern;
  throw new EventBridgeRefusal(
    "InvalidEventPatternException",
    `Event pattern is not valid. Reason: ${reading.reason}`,
  );
}

/** Source: EventBridge API reference, TestEventPattern. */
const EVENT_MEMBERS = ["id", "account", "source", "time", "region", "resources", "detail-type"];

function checkedEvent(text: string): object {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw invalidParameter("Event", "It is not JSON.");
  }
  if (!isObject(event)) throw invalidParameter("Event", "It must be an object.");
  const missing = EVENT_MEMBERS.find((name) => !Object.hasOwn(event, name));
  if (missing === undefined) return event;
  throw invalidParameter("Event", `${missing} is a required argument.`);
}

type RuleInput = z.output<typeof ruleInput>;

function setState(
  context: OperationContext,
  { Name, EventBusName }: RuleInput,
  state: RuleState,
): object {
  const { rule } = findRule(context, Name, EventBusName);
  context.book.put("rules", { ...rule, state });
  return {};
}

/** What is not there is deleted already, as on AWS. */
function deleteRule(context: OperationContext, { Name, EventBusName }: RuleInput): object {
  busNamed(context, EventBusName);
  const rule = context.book.rules.get(Name);
  if (rule && rule.targets.length > 0) {
    throw invalid("Rule can't be deleted since it has targets.");
  }
  if (rule) context.book.remove("rules", Name);
  return {};
}
