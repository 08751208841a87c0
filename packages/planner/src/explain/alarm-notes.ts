import type { Alarm, AlarmLook } from "@berth/domain/alarm";
import type { Service } from "@berth/domain/service";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import { isTerminal } from "@berth/domain/service-deployment";
import { endOfBake, watchedAlarms } from "../service/deployment-alarms.ts";
import { primaryOf } from "../service/primary-deployment.ts";
import type { ProgressNote } from "./service-progress.ts";

export interface AlarmNoteFacts {
  readonly service: Service;
  /** The alarms that are watched, as they are now. */
  readonly alarms?: AlarmLook;
  /** When the service is looked at next, whatever happens until then. */
  readonly nextLookAt?: number;
}

/** What the alarms of a deployment that is under way do to it. */
export function alarmNotes(facts: AlarmNoteFacts): readonly ProgressNote[] {
  const [record] = facts.service.serviceDeployments;
  if (!record || isTerminal(record)) return [];
  return [
    ...triggeredNotes(record),
    ...ignoredNotes(facts.service, record),
    ...bakingNotes(facts, record),
    ...watchedNotes(facts),
  ];
}

function triggeredNotes(record: ServiceDeployment): readonly ProgressNote[] {
  const { alarms, rollback, deploymentId } = record;
  if (!rollback) return [];
  return (alarms?.triggered ?? []).map((name) => ({
    kind: "alarm",
    text: `Alarm ${name} went to ALARM during deployment ${deploymentId}, which failed for that.`,
    since: rollback.startedAt,
  }));
}

function ignoredNotes(
  { deployments }: Service,
  { alarms, createdAt, deploymentId }: ServiceDeployment,
): readonly ProgressNote[] {
  const names = alarms?.alarmingBefore ?? [];
  if (names.length === 0 || primaryOf(deployments).id !== deploymentId) return [];
  const were = names.length === 1 ? `alarm ${names[0]} was` : `alarms ${names.join(", ")} were`;
  const text = `No alarm is watched in this deployment: ${were} in ALARM already when it began.`;
  return [{ kind: "alarm", text, since: createdAt }];
}

function bakingNotes(
  { service, alarms: look }: AlarmNoteFacts,
  { alarms }: ServiceDeployment,
): readonly ProgressNote[] {
  const names = watchedAlarms(service);
  const { bakingSince } = alarms ?? {};
  if (bakingSince === undefined || names.length === 0) return [];
  const text =
    "Its tasks are all healthy, and it bakes: it is complete afterwards, unless an alarm goes off.";
  return [
    { kind: "baking", text, since: bakingSince, until: endOfBake({ bakingSince }, look, names) },
  ];
}

function watchedNotes({ service, alarms, nextLookAt }: AlarmNoteFacts): readonly ProgressNote[] {
  const names = watchedAlarms(service);
  if (names.length === 0 || !alarms) return [];
  const { rollback = false } = service.deploymentConfiguration.alarms ?? {};
  const consequence = rollback ? "fails and is rolled back" : "fails";
  const { failure } = alarms;
  const next = nextLookAt === undefined ? {} : { until: nextLookAt };
  const notes = names.flatMap((name): readonly ProgressNote[] => {
    const alarm = alarms.alarms.find((each) => each.name === name);
    if (alarm) return [watchedNote(alarm, consequence)];
    if (failure !== undefined) return [];
    return [{ kind: "alarm", text: `There is no alarm ${name}, so it says nothing.`, ...next }];
  });
  if (failure === undefined) return notes;
  const text = `CloudWatch's alarms are not to be seen (${failure}): the deployment goes on without them until they are.`;
  return [...notes, { kind: "alarm", text, ...next }];
}

function watchedNote({ name, state, since }: Alarm, consequence: string): ProgressNote {
  const text =
    state === "ALARM"
      ? `Alarm ${name} is in ALARM: its controller heeds it with its next look.`
      : `Alarm ${name} is ${state}: should it go to ALARM, the deployment ${consequence}.`;
  return { kind: "alarm", text, since };
}
