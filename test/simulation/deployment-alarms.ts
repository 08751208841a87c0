import { setAlarm } from "@berth/control-plane/rest/alarms";
import type { AlarmState } from "@berth/domain/alarm";
import type { Service } from "@berth/domain/service";
import { isTerminal } from "@berth/domain/service-deployment";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import { watchedAlarms } from "@berth/planner/service/deployment-alarms";
import type { World } from "@berth/simulator/world/world";
import { nowAndThen } from "./now-and-then.ts";
import type { Snapshot } from "./invariants.ts";

const SERVICE = "web";
const NAMES = ["errors", "latency"];
const STATES: readonly AlarmState[] = ["ALARM", "ALARM", "OK", "INSUFFICIENT_DATA"];
const EVERYTHING = { limit: 10 };

/** From its look at the alarms to its write a pass may take so long. */
const PASS_MS = 5_000;
/** So long may the messages and marks be lost that have a service look. */
const HEEDED_MS = 90_000;

/** A time for which an alarm was in ALARM. Epoch ms. */
interface Episode {
  readonly since: number;
  until: number;
}

/** People whose alarms go off, and who have deployments fail for it. */
export class DeploymentAlarms {
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #episodes = new Map<string, Episode[]>();
  readonly #judged = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** In most worlds the deployments of a service are watched. */
  async setUp(): Promise<void> {
    const { random } = this.#world;
    for (const name of NAMES) await this.#set(name, "OK");
    if (random.chance(0.3)) return;
    const alarms = { alarmNames: NAMES, enable: true, rollback: random.chance(0.7) };
    const change = { service: SERVICE, deploymentConfiguration: { alarms } };
    await this.#world.call("UpdateService", change);
  }

  /** Has alarms go off and calm down for as long as that. */
  begin(awake: () => boolean): void {
    const { scheduler, random } = this.#world;
    const act = async () => {
      const name = random.pick(NAMES) ?? "";
      await this.#set(name, random.pick(STATES) ?? "OK");
      await scheduler.delay(random.between(500, 30_000));
      await this.#set(name, "OK");
    };
    nowAndThen(this.#world, { pause: [3_000, 30_000], awake, act });
  }

  async #set(name: string, state: AlarmState): Promise<void> {
    const times = { periodSeconds: 2, evaluationPeriods: this.#world.random.between(1, 5) };
    await this.#world.untilAlive((context) => setAlarm(context, name, { state, ...times }));
  }

  /** I40 */
  async check({ services }: Snapshot, now: number): Promise<void> {
    await this.#remember();
    for (const service of services.values()) {
      for (const record of service.serviceDeployments) this.#checkRecord(record, now);
      this.#heeds(service, now);
    }
  }

  async #remember(): Promise<void> {
    const { items } = await this.#world.truth.alarms.page(EVERYTHING);
    for (const { name, state, since } of items) {
      const episodes = this.#episodes.get(name) ?? [];
      this.#episodes.set(name, episodes);
      const latest = episodes.at(-1);
      if (state !== "ALARM") {
        if (latest?.until === Infinity) latest.until = since;
      } else if (latest?.since !== since) {
        if (latest?.until === Infinity) latest.until = since;
        episodes.push({ since, until: Infinity });
      }
    }
  }

  #checkRecord(record: ServiceDeployment, now: number): void {
    const { id, createdAt, alarms = {} } = record;
    for (const name of alarms.triggered ?? []) {
      if (!this.#was(name, ({ since }) => since > createdAt)) {
        this.#tell(`${id} failed for ${name}, which did not go off`);
      }
    }
    for (const name of alarms.alarmingBefore ?? []) {
      if (!this.#was(name, ({ since, until }) => since <= createdAt && until > createdAt)) {
        this.#tell(`${id} ignores ${name}, which was not in ALARM when it began`);
      }
    }
    if (record.status !== "SUCCESSFUL" || this.#judged.has(id)) return;
    this.#judged.add(id);
    this.#checkSuccess(record, now);
  }

  #checkSuccess({ id, createdAt, alarms = {}, end }: ServiceDeployment, now: number): void {
    if (alarms.triggered) this.broken.push(`I30 ${id} is SUCCESSFUL although its alarms went off`);
    const watched = end?.deploymentConfiguration.alarms;
    if (!watched?.enable || alarms.alarmingBefore) return;
    for (const name of watched.alarmNames) {
      const isRed = ({ since, until }: Episode) =>
        since > createdAt && since <= now - PASS_MS && until > now;
      if (this.#was(name, isRed)) this.#tell(`${id} is SUCCESSFUL, and ${name} is in ALARM`);
    }
  }

  /** What goes off is heeded after a while, whatever gets lost. */
  #heeds(service: Service, now: number): void {
    const [record] = service.serviceDeployments;
    if (!record || isTerminal(record)) return;
    for (const name of watchedAlarms(service)) {
      const isOld = ({ since, until }: Episode) =>
        until === Infinity && Math.max(since, record.createdAt) <= now - HEEDED_MS;
      if (this.#was(name, isOld)) this.#tell(`${record.id} does not heed ${name}`);
    }
  }

  #was(name: string, like: (episode: Episode) => boolean): boolean {
    return this.#episodes.get(name)?.some(like) ?? false;
  }

  #tell(what: string): void {
    this.broken.push(`I40 ${what}`);
  }
}
