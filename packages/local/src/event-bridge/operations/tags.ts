import { z } from "zod";
import { invalid } from "../refusal.ts";
import type { Rule } from "../rule-book.ts";
import { type RuleTag, tagMember } from "../rule-target.ts";
import { findRule } from "./find-rule.ts";
import { arnMember, type Operation, operation, type OperationContext } from "./operation.ts";

/** On a rule. Source: EventBridge API reference, TagResource. */
const MAX_TAGS = 50;

const resourceInput = z.object({ ResourceARN: arnMember });

/** Of rules: nothing else here has tags. */
export const TAG_OPERATIONS: readonly (readonly [string, Operation])[] = [
  [
    "ListTagsForResource",
    operation(resourceInput, (context, { ResourceARN }) => ({
      Tags: ruleAt(context, ResourceARN).tags,
    })),
  ],
  [
    "TagResource",
    operation(resourceInput.extend({ Tags: z.array(tagMember) }), (context, input) =>
      setTags(context, ruleAt(context, input.ResourceARN), (tags) => [
        ...without(
          tags,
          input.Tags.map(({ Key }) => Key),
        ),
        ...input.Tags,
      ]),
    ),
  ],
  [
    "UntagResource",
    operation(resourceInput.extend({ TagKeys: z.array(z.string()) }), (context, input) =>
      setTags(context, ruleAt(context, input.ResourceARN), (tags) => without(tags, input.TagKeys)),
    ),
  ],
];

/** ARNs of rules on `default` name no bus. */
const RULE_ARN = /^arn:aws:events:[^:]*:[^:]*:rule\/(?:([^/]+)\/)?([^/]+)$/;

function ruleAt(context: OperationContext, arn: string): Rule {
  const [, bus, name = ""] = RULE_ARN.exec(arn) ?? [];
  return findRule(context, name, bus).rule;
}

const without = (tags: readonly RuleTag[], keys: readonly string[]): readonly RuleTag[] =>
  tags.filter(({ Key }) => !keys.includes(Key));

function setTags(
  { book }: OperationContext,
  rule: Rule,
  change: (tags: readonly RuleTag[]) => readonly RuleTag[],
): object {
  book.put("rules", { ...rule, tags: checkedTags(change(rule.tags)) });
  return {};
}

/** @throws EventBridgeRefusal ValidationException */
export function checkedTags(tags: readonly RuleTag[]): readonly RuleTag[] {
  if (tags.length <= MAX_TAGS) return tags;
  throw invalid(`A rule can have at most ${MAX_TAGS} tags.`);
}
