import type { Alarm, AlarmLook } from "@berth/domain/alarm";
import type { Service } from "@berth/domain/service";
import type { AlarmWatch, ServiceDeployment } from "@berth/domain/service-deployment";
import { isTerminal } from "@berth/domain/service-deployment";
import { primaryOf } from "./primary-deployment.ts";

/** Nobody tells when an alarm goes off: a watched deployment looks so often. */
const LOOK_AGAIN_MS = 10_000;

/** Nor does anybody wait longer for one. Source: ECS developer guide, deployment alarms, bake time. */
const LONGEST_BAKE_MS = 5 * 60_000;

type Watched = Pick<
  Service,
  "status" | "deploymentConfiguration" | "deployments" | "serviceDeployments"
>;

/** Names of the alarms that would fail the service's deployment now; none where there is nothing to fail. */
export function watchedAlarms(service: Watched): readonly string[] {
  const { alarms } = service.deploymentConfiguration;
  const [record] = service.serviceDeployments;
  return alarms?.enable && record && isUnderWay(service, record) && !hasSpoken(record)
    ? alarms.alarmNames
    : [];
}

/** A way back is not watched: there is nothing further to go back to, and its alarms are red already. */
function isUnderWay({ status, deployments }: Watched, record: ServiceDeployment): boolean {
  const { id, rolloutState } = primaryOf(deployments);
  return (
    status === "ACTIVE" &&
    !isTerminal(record) &&
    !record.rollback &&
    record.deploymentId === id &&
    rolloutState === "IN_PROGRESS"
  );
}

const hasSpoken = ({ alarms }: ServiceDeployment): boolean =>
  alarms?.alarmingBefore !== undefined || alarms?.triggered !== undefined;

export interface AlarmFacts {
  readonly service: Watched;
  /** The latest look at the watched alarms; absent where nobody looked. */
  readonly alarms?: AlarmLook;
  /** Epoch ms. */
  readonly now: number;
}

/** What the alarms of a deployment say. */
export interface AlarmFindings {
  /** For its record; the very same object where there is nothing new. */
  readonly watch: AlarmWatch | undefined;
  /** Those that fail it now. */
  readonly triggered: readonly string[];
  /** None said anything yet, and one still may. */
  readonly isWatching: boolean;
}

/**
 * An alarm that goes off fails the deployment. One that was in ALARM when the deployment began has
 * ECS ignore all of its alarms: it may be the very fault that the deployment mends. Source: ECS
 * developer guide, how CloudWatch alarms detect deployment failures.
 */
export function followAlarms({ service, alarms: look }: AlarmFacts): AlarmFindings {
  const names = watchedAlarms(service);
  const [record] = service.serviceDeployments;
  const watch = record?.alarms;
  if (!record || names.length === 0) return { watch, triggered: [], isWatching: false };
  const alarming = findAlarms(look, names).filter(({ state }) => state === "ALARM");
  const before = namesOf(alarming.filter(({ since }) => since <= record.createdAt));
  if (before.length > 0) {
    return { watch: { ...watch, alarmingBefore: before }, triggered: [], isWatching: false };
  }
  const triggered = namesOf(alarming);
  if (triggered.length === 0) return { watch, triggered, isWatching: true };
  return { watch: { ...watch, triggered }, triggered, isWatching: false };
}

export interface Bake {
  /** For the record of the deployment; the very same object where there is nothing new. */
  readonly watch: AlarmWatch | undefined;
  /** Nothing keeps the deployment from being complete. */
  readonly isOver: boolean;
  /** Epoch ms: to look again, where alarms still count. */
  readonly lookAt?: number;
}

/** A deployment whose tasks are all healthy goes on until its alarms have had time to go off. */
export function bake(
  { service, alarms: look, now }: AlarmFacts,
  { watch, isWatching }: AlarmFindings,
  isSettled: boolean,
): Bake {
  if (!isWatching) return { watch, isOver: true };
  const lookAt = now + LOOK_AGAIN_MS;
  if (!isSettled) return { watch, isOver: false, lookAt };
  const bakingSince = watch?.bakingSince ?? now;
  const end = endOfBake({ bakingSince }, look, watchedAlarms(service));
  if (end <= now) return { watch, isOver: true };
  const baking = watch?.bakingSince === undefined ? { ...watch, bakingSince } : watch;
  return { watch: baking, isOver: false, lookAt: Math.min(lookAt, end) };
}

/**
 * When a bake is over, in epoch ms: after as long as the slowest of the alarms takes to go off. While
 * nobody can look, that is the longest time.
 */
export function endOfBake(
  { bakingSince }: { readonly bakingSince: number },
  look: AlarmLook | undefined,
  names: readonly string[],
): number {
  if (!look || look.failure !== undefined) return bakingSince + LONGEST_BAKE_MS;
  const times = findAlarms(look, names).map(({ evaluationMs = Infinity }) => evaluationMs);
  return bakingSince + Math.min(LONGEST_BAKE_MS, Math.max(0, ...times));
}

/** The records with what is newly known of the latest one's alarms; the very same list where nothing is. */
export function withWatch(
  records: readonly ServiceDeployment[],
  alarms: AlarmWatch | undefined,
): readonly ServiceDeployment[] {
  const [latest, ...others] = records;
  if (!latest || !alarms || latest.alarms === alarms) return records;
  return [{ ...latest, alarms }, ...others];
}

/** In the order in which the deployment names them. */
const findAlarms = (look: AlarmLook | undefined, names: readonly string[]): readonly Alarm[] =>
  names.flatMap((name) => look?.alarms.find((alarm) => alarm.name === name) ?? []);

const namesOf = (alarms: readonly Alarm[]): readonly string[] => alarms.map(({ name }) => name);
