import { z } from "zod";
import type { LogGroup } from "../log-groups.ts";
import { invalid, noLogGroup } from "../refusal.ts";
import {
  groupArn,
  groupInArn,
  groupMember,
  type Operation,
  operation,
  type OperationContext,
  tagsMember,
  tokenMember,
} from "./operation.ts";
import { pageOf } from "./paging.ts";

/** Source: CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

const named = z.object({ logGroupName: groupMember });
const ofGroup = ({ logGroupName: group }: z.output<typeof named>) => ({ group });
const tagged = z.object({ resourceArn: z.string().min(1).max(1011) });
const ofArn = ({ resourceArn }: z.output<typeof tagged>) => ({ group: groupOf(resourceArn) });

export const GROUP_OPERATIONS: readonly (readonly [string, Operation])[] = [
  [
    "CreateLogGroup",
    operation(
      named.extend({
        tags: tagsMember.default({}),
        kmsKeyId: z.string().optional(),
        logGroupClass: z.enum(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]).default("STANDARD"),
        deletionProtectionEnabled: z.boolean().default(false),
      }),
      ofGroup,
      ({ groups, now }, { logGroupName, tags, ...asked }) => {
        refuseMissing(asked);
        groups.create(logGroupName, now(), tags);
        return {};
      },
    ),
  ],
  [
    "DeleteLogGroup",
    operation(named, ofGroup, ({ groups, events }, { logGroupName }) => {
      groups.delete(logGroupName);
      events.measure();
      return {};
    }),
  ],
  [
    "DescribeLogGroups",
    operation(
      z.object({
        logGroupNamePrefix: groupMember.optional(),
        logGroupNamePattern: groupMember.optional(),
        limit: z.int().min(1).max(50).optional(),
        nextToken: tokenMember,
      }),
      () => ({}),
      (context, { logGroupNamePrefix = "", logGroupNamePattern = "", ...page }) => {
        const found = context.groups
          .list()
          .filter(({ name }) => name.startsWith(logGroupNamePrefix))
          .filter(({ name }) => name.toLowerCase().includes(logGroupNamePattern.toLowerCase()));
        const { items, token } = pageOf(found, page);
        return { logGroups: items.map((group) => present(context, group)), ...token };
      },
    ),
  ],
  [
    "PutRetentionPolicy",
    operation(
      named.extend({ retentionInDays: z.int() }),
      ofGroup,
      ({ groups }, { logGroupName, retentionInDays }) => {
        if (!RETENTION_DAYS.includes(retentionInDays)) {
          throw invalid(
            `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`,
          );
        }
        groups.setRetention(logGroupName, retentionInDays);
        return {};
      },
    ),
  ],
  [
    "DeleteRetentionPolicy",
    operation(named, ofGroup, ({ groups }, { logGroupName }) => {
      groups.setRetention(logGroupName, undefined);
      return {};
    }),
  ],
  [
    "TagResource",
    operation(tagged.extend({ tags: tagsMember }), ofArn, ({ groups }, { resourceArn, tags }) => {
      const group = groups.get(groupOf(resourceArn));
      groups.setTags(group.name, { ...group.tags, ...tags });
      return {};
    }),
  ],
  [
    "UntagResource",
    operation(
      tagged.extend({ tagKeys: z.array(z.string()) }),
      ofArn,
      ({ groups }, { resourceArn, tagKeys }) => {
        const { name, tags } = groups.get(groupOf(resourceArn));
        const kept = Object.entries(tags).filter(([key]) => !tagKeys.includes(key));
        groups.setTags(name, Object.fromEntries(kept));
        return {};
      },
    ),
  ],
  [
    "ListTagsForResource",
    operation(tagged, ofArn, ({ groups }, { resourceArn }) => ({
      tags: groups.get(groupOf(resourceArn)).tags,
    })),
  ],
];

/** Only groups have tags. @throws LogsRefusal ResourceNotFoundException */
function groupOf(arn: string): string {
  const name = groupInArn(arn);
  if (name === undefined) throw noLogGroup();
  return name;
}

/** Passing over what somebody relies on would mislead him. */
function refuseMissing(asked: {
  readonly kmsKeyId?: string | undefined;
  readonly logGroupClass: string;
  readonly deletionProtectionEnabled: boolean;
}): void {
  const missing =
    (asked.kmsKeyId !== undefined && "kmsKeyId") ||
    (asked.logGroupClass !== "STANDARD" && `logGroupClass ${asked.logGroupClass}`) ||
    (asked.deletionProtectionEnabled && "deletionProtectionEnabled");
  if (missing) throw invalid(`The log groups of one machine do not have ${missing}.`);
}

/** Source: CloudWatch Logs API reference, LogGroup. */
const present = (context: OperationContext, group: LogGroup) => ({
  logGroupName: group.name,
  creationTime: group.createdAt,
  retentionInDays: group.retentionDays,
  metricFilterCount: 0,
  arn: `${groupArn(context, group.name)}:*`,
  storedBytes: context.events.bytesOf(group.id),
  logGroupClass: "STANDARD",
  logGroupArn: groupArn(context, group.name),
});
