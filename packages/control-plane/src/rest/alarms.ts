import type { AlarmDescription, AlarmPage, SetAlarmBody } from "@berth/contracts/rest/alarms";
import type { OwnAlarm } from "@berth/domain/alarm";
import { alarmArn, type Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { PageRequest, Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { isoTime } from "./present-story.ts";

const MAX_TRIES = 5;

/** As CloudWatch has them. Source: CloudWatch API reference, PutMetricAlarm. */
const NAME = /^\P{Cc}{1,255}$/u;

const DEFAULT_TIMES = { periodSeconds: 60, evaluationPeriods: 1 };

/**
 * Sets the state of an alarm of Berth's own, and makes it where there was none: `PUT
 * /v1/alarms/{name}`. Deployments that watch it see it with their next look.
 *
 * @throws EcsError InvalidParameterException
 */
export async function setAlarm(
  context: CommandContext,
  name: string,
  body: SetAlarmBody,
): Promise<AlarmDescription> {
  if (!NAME.test(name)) throw invalid("name: must be 1 to 255 characters, none of them a control.");
  const { alarms } = context.store;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = await alarms.find(name);
    const alarm = alarmAfter(context, { name, body, before });
    const outcome = await (before
      ? alarms.replace({ ...alarm, version: before.version })
      : alarms.create(alarm));
    if (outcome === "ok") return describe(context.scope, alarm);
  }
  throw new Error("An alarm could not be set: too many writers");
}

/** @throws EcsError ResourceNotFoundException */
export async function getAlarm(
  { store, scope }: CommandContext,
  name: string,
): Promise<AlarmDescription> {
  const alarm = await store.alarms.find(name);
  if (!alarm) throw notFound(name);
  return describe(scope, alarm);
}

/** Berth's own, by name: `GET /v1/alarms`. */
export async function listAlarms(
  { store, scope }: CommandContext,
  page: PageRequest,
): Promise<AlarmPage> {
  const { items, next } = await store.alarms.page(page);
  return { alarms: items.map((alarm) => describe(scope, alarm)), ...defined({ next }) };
}

/** @throws EcsError ResourceNotFoundException */
export async function deleteAlarm({ store }: CommandContext, name: string): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const alarm = await store.alarms.find(name);
    if (!alarm) throw notFound(name);
    if ((await store.alarms.delete(alarm)) === "ok") return;
  }
  throw new Error("An alarm could not be deleted: too many writers");
}

interface Setting {
  readonly name: string;
  readonly body: SetAlarmBody;
  readonly before: Stored<OwnAlarm> | undefined;
}

/** Being told again what it is already does not make it any younger. */
function alarmAfter(
  context: CommandContext,
  { name, body: { state, reason, periodSeconds, evaluationPeriods }, before }: Setting,
): OwnAlarm {
  const now = context.now();
  const times = before ?? DEFAULT_TIMES;
  return {
    name,
    state,
    since: before?.state === state ? before.since : now,
    ...defined({ reason }),
    periodSeconds: periodSeconds ?? times.periodSeconds,
    evaluationPeriods: evaluationPeriods ?? times.evaluationPeriods,
    setAt: now,
    setBy: context.principalArn,
  };
}

const describe = (
  scope: Scope,
  { name, state, since, reason, periodSeconds, evaluationPeriods, setAt, setBy }: OwnAlarm,
): AlarmDescription => ({
  alarmName: name,
  alarmArn: alarmArn(scope, name),
  state,
  since: isoTime(since),
  ...defined({ reason }),
  periodSeconds,
  evaluationPeriods,
  setAt: isoTime(setAt),
  setBy,
});

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

const notFound = (name: string) =>
  new EcsError("ResourceNotFoundException", `Berth has no alarm ${name} of its own.`);
