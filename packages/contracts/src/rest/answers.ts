import { z } from "zod";

/*
 * What REST's own calls answer, for its document and the tests that hold the answers to it. What only
 * explains is left open: sentences and figures come and go with what there is to explain.
 */

const text = z.string();
const time = z.iso.datetime();
const next = text.optional();

const accessKey = {
  accessKeyId: text,
  principal: text,
  kind: z.enum(["administrator", "policy", "agent"]),
  policy: z.unknown().optional(),
  ec2InstanceId: text.optional(),
  status: z.enum(["Active", "Inactive"]),
  createdAt: time,
  createdBy: text,
  expiresAt: time.optional(),
};
export const accessKeyAnswer = z.strictObject(accessKey);
export const createdAccessKeyAnswer = z.strictObject({ ...accessKey, secretAccessKey: text });
export const accessKeysAnswer = z.strictObject({ accessKeys: z.array(accessKeyAnswer), next });

const token = {
  tokenId: text,
  principal: text,
  kind: z.enum(["administrator", "policy"]),
  policy: z.unknown().optional(),
  createdAt: time,
  createdBy: text,
  expiresAt: time,
};
export const tokenAnswer = z.strictObject(token);
export const createdTokenAnswer = z.strictObject({ ...token, token: text });
export const tokensAnswer = z.strictObject({ tokens: z.array(tokenAnswer), next });

export const alarmAnswer = z.strictObject({
  alarmName: text,
  alarmArn: text,
  state: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]),
  since: time,
  reason: text.optional(),
  periodSeconds: z.int(),
  evaluationPeriods: z.int(),
  setAt: time,
  setBy: text,
});
export const alarmsAnswer = z.strictObject({ alarms: z.array(alarmAnswer), next });

const explained = z.looseObject({});
const queuedRun = {
  id: text,
  clusterArn: text,
  status: z.enum(["WAITING", "CANCELLING", "PLACED", "EXPIRED", "CANCELLED"]),
  taskDefinitionArn: text,
  group: text,
  startedBy: text.optional(),
  taskArns: z.array(text),
  placedTaskArns: z.array(text),
  unplacedTaskArns: z.array(text),
  queuedAt: time,
  deadline: time,
  endedAt: time.optional(),
  history: z.array(explained),
  latestTry: explained.optional(),
};
export const queuedRunAnswer = z.strictObject(queuedRun);
export const queuedRunExplanationAnswer = z.strictObject({
  ...queuedRun,
  waiting: explained.optional(),
  placement: explained.optional(),
});
export const queuedRunsAnswer = z.strictObject({ queuedRuns: z.array(queuedRunAnswer), next });

export const placementTemplatesAnswer = z.strictObject({ templates: z.array(explained) });

export const taskExplanationAnswer = z.looseObject({
  taskArn: text,
  containerInstanceArn: text,
  placement: explained,
  history: z.array(explained),
});
export const serviceExplanationAnswer = z.looseObject({
  service: text,
  serviceArn: text,
  status: text,
  desiredCount: z.int(),
  runningCount: z.int(),
  pendingCount: z.int(),
  progress: z.array(explained),
  deployments: z.array(explained),
  placements: z.array(explained),
});

export const planAnswer = z.looseObject({
  planId: text,
  cluster: text,
  madeAt: time,
  ends: z.enum(["settled", "horizon"]),
  timeline: z.array(explained),
  services: z.array(explained),
  unplaced: z.array(explained),
});
export const appliedPlanAnswer = z.strictObject({ planId: text, response: z.unknown() });

export const eventsAnswer = z.strictObject({
  events: z.array(
    z.strictObject({
      version: z.literal("0"),
      id: text,
      "detail-type": text,
      source: text,
      account: text,
      time,
      region: text,
      resources: z.array(text),
      detail: explained,
    }),
  ),
  next: text,
});

/** RFC 9457, with what else the modelled error holds. */
export const problemAnswer = z.looseObject({
  type: text,
  title: text,
  status: z.int(),
  detail: text,
  instance: text,
  code: text,
  requestId: text,
});
export const validatedAnswer = z.strictObject({ valid: z.literal(true) });
