import { z } from "zod";
import { limitExceeded } from "../refusal.ts";
import { type RuleTarget, ruleTarget } from "../rule-target.ts";
import { busNamed } from "./buses.ts";
import { checkTarget } from "./check-target.ts";
import { findRule } from "./find-rule.ts";
import {
  arnMember,
  busMember,
  nameMember,
  type Operation,
  operation,
  type OperationContext,
  pageMembers,
} from "./operation.ts";
import { pageOf } from "./paging.ts";

/** Of a rule. Source: EventBridge user guide, quotas. */
const MAX_TARGETS = 5;

const targetMember = ruleTarget.extend({
  DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
});

export type TargetInput = z.output<typeof targetMember>;

const ruleOfTargets = z.object({ Rule: nameMember, EventBusName: busMember });

export const TARGET_OPERATIONS: readonly (readonly [string, Operation])[] = [
  [
    "PutTargets",
    operation(ruleOfTargets.extend({ Targets: z.array(targetMember).min(1).max(100) }), putTargets),
  ],
  [
    "RemoveTargets",
    operation(ruleOfTargets.extend({ Ids: z.array(nameMember).min(1).max(100) }), removeTargets),
  ],
  [
    "ListTargetsByRule",
    operation(ruleOfTargets.extend(pageMembers), (context, { Rule, EventBusName, ...page }) => {
      const { rule } = findRule(context, Rule, EventBusName);
      const { items, token } = pageOf(rule.targets, ({ Id }) => Id, page);
      return { Targets: items, ...token };
    }),
  ],
  [
    "ListRuleNamesByTarget",
    operation(
      z.object({ TargetArn: arnMember, EventBusName: busMember, ...pageMembers }),
      (context, { TargetArn, EventBusName, ...page }) => {
        busNamed(context, EventBusName);
        const rules = [...context.book.rules.values()].filter(({ targets }) =>
          targets.some(({ Arn }) => Arn === TargetArn),
        );
        const { items, token } = pageOf(rules, ({ name }) => name, page);
        return { RuleNames: items.map(({ name }) => name), ...token };
      },
    ),
  ],
];

const ALL_DONE = { FailedEntryCount: 0, FailedEntries: [] };

function putTargets(
  context: OperationContext,
  input: z.output<typeof ruleOfTargets> & { readonly Targets: readonly TargetInput[] },
): object {
  const { rule } = findRule(context, input.Rule, input.EventBusName);
  for (const target of input.Targets) checkTarget(context, target);
  const targets = new Map<string, RuleTarget>(rule.targets.map((each) => [each.Id, each]));
  for (const { DeadLetterConfig: _, ...target } of input.Targets) targets.set(target.Id, target);
  if (targets.size > MAX_TARGETS) throw limitExceeded();
  context.book.put("rules", { ...rule, targets: [...targets.values()] });
  return ALL_DONE;
}

function removeTargets(
  context: OperationContext,
  input: z.output<typeof ruleOfTargets> & { readonly Ids: readonly string[] },
): object {
  const { rule } = findRule(context, input.Rule, input.EventBusName);
  const targets = rule.targets.filter(({ Id }) => !input.Ids.includes(Id));
  context.book.put("rules", { ...rule, targets });
  const missing = input.Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id));
  return {
    FailedEntryCount: missing.length,
    FailedEntries: missing.map((TargetId) => ({
      TargetId,
      ErrorCode: "ResourceNotFoundException",
      ErrorMessage: `Rule ${rule.name} does not have target ${TargetId}.`,
    })),
  };
}
