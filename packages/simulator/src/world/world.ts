import type { AcsMessage } from "@berth/contracts/agent/messages";
import type {
  EcsOperationName,
  EcsRequest,
  EcsResponse,
} from "@berth/contracts/ecs-api/operations";
import type { WakeMessage, WakeTiming } from "@berth/contracts/queue";
import { wakeGroup } from "@berth/contracts/queue";
import { commands } from "@berth/control-plane/commands/registry";
import { NO_CLOUDWATCH } from "@berth/control-plane/alarms/no-cloudwatch";
import type {
  Alarms,
  CommandContext,
  InstanceControlPlane,
  LifecycleActions,
  RoleKeys,
  ServiceControlPlane,
} from "@berth/control-plane/context";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { handleWake } from "@berth/control-plane/reconcile/handle-wake";
import { sweep } from "@berth/control-plane/reconcile/sweep";
import type { Settings } from "@berth/control-plane/settings";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import type { Scope } from "@berth/domain/arn";
import { createStore } from "@berth/store/create-store";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Store } from "@berth/store/store";
import type { Table } from "@berth/store/table";
import { CALM } from "./disturbances.ts";
import type { Disturbances } from "./disturbances.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimulatedAgent } from "./simulated-agent.ts";
import { watchedStore } from "./watched-store.ts";
import type { StoreWatcher } from "./watched-store.ts";

const VISIBILITY_TIMEOUT_MS = 30_000;
const SWEEP_INTERVAL_MS = 5_000;
const MAX_DELIVERIES = 5;

/** What a process of the control plane works with, whatever it does. */
export type ProcessContext = CommandContext & InstanceControlPlane & ServiceControlPlane;

/** No group waits for anything. */
const NO_GROUPS: LifecycleActions = {
  complete: async () => undefined,
  recordHeartbeat: async () => "over",
};

/** Simulated tasks call nobody: what their roles' keys are is all the same. */
const NO_KEYS: RoleKeys = {
  assume: async () => ({ accessKeyId: "", secretAccessKey: "", sessionToken: "", expiresAt: 0 }),
};

export interface WorldOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly settings: Settings;
  readonly scope: Scope;
  readonly principalArn: string;
  /** Default: an empty one. */
  readonly table?: Table;
  /** How the table is spread over partition keys. Default: as on one machine. */
  readonly spread?: Spread;
  /** Default: `CALM`. */
  readonly disturbances?: Disturbances;
  /** Alarms besides those that are set in this world. Default: none. */
  readonly alarms?: Alarms;
  /** Hears of every write. */
  readonly watcher?: StoreWatcher;
}

/** Over how many partition keys, and how many ledgers have one; as many are looked at for a batch. */
export interface Spread {
  readonly shards: number;
  readonly ledgersPerShard: number;
}

/**
 * The real control plane on a table in memory and a virtual clock: made of short-lived processes,
 * its queues and its agents. One seed decides everything that happens.
 */
export class World {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Reads and writes at once and undisturbed: for judging and setting up, not for taking part. */
  readonly truth: Store;
  readonly agents: SimulatedAgent[] = [];
  /** Errors that are no simulated fault: each is a bug. */
  readonly bugs: unknown[] = [];
  readonly disturbances: Disturbances;
  lifecycleActions = NO_GROUPS;
  readonly scope: Scope;
  readonly settings: Settings;
  readonly #options: WorldOptions;
  readonly #table: Table;
  readonly #views: ClusterViews;
  readonly #connected = new Map<string, SimulatedAgent>();
  /** Messages that are to arrive at once, where equal ones are merged. */
  readonly #onTheirWay = new Set<string>();
  /** The second for which a coalesced message of this kind and group is on its way. */
  readonly #coalesced = new Map<string, number>();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.scheduler = options.scheduler;
    this.scope = options.scope;
    this.settings = options.settings;
    this.random = options.random;
    this.disturbances = options.disturbances ?? CALM;
    this.#table = options.table ?? createMemoryTable();
    this.#views = new ClusterViews(options.spread?.ledgersPerShard);
    this.truth = this.#storeOver(this.#table);
    this.#sweepForEver();
  }

  /** Runs something in a control-plane process of its own, which may die in the midst. */
  async inProcess<T>(work: (context: ProcessContext) => Promise<T>): Promise<T> {
    const parts = this.disturbances.beginProcess({
      table: this.#table,
      relay: { wake: async (message, timing) => this.#send(message, timing ?? { kind: "now" }) },
      agents: { push: async (connectionId, message) => this.#push(connectionId, message) },
      views: this.#views,
      lifecycleActions: this.lifecycleActions,
    });
    const { settings } = this;
    const { principalArn, alarms = NO_CLOUDWATCH } = this.#options;
    const { table, ...given } = parts;
    return work({
      ...given,
      roleKeys: NO_KEYS,
      alarms,
      store: table === this.#table ? this.truth : this.#storeOver(table),
      metrics: { record: () => undefined },
      scope: this.scope,
      settings,
      principalArn,
      permissions: ADMINISTRATOR,
      now: () => this.scheduler.now,
      randomHex: (digits) => this.random.hex(digits),
      requestId: this.random.hex(32),
    });
  }

  /** A client's call, repeated as SDKs do while the control plane dies under it. */
  async call<Name extends EcsOperationName>(
    name: Name,
    request: EcsRequest<Name>,
  ): Promise<EcsResponse<Name>> {
    return this.untilAlive(async (context) => commands[name](context, request));
  }

  /** Tries until a process lives to do it. */
  async untilAlive<T>(work: (context: ProcessContext) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.inProcess(work);
      } catch (error) {
        if (!this.disturbances.isDeath(error)) throw error;
        await this.scheduler.delay(this.disturbances.retryMs());
      }
    }
  }

  /** Starts something that nobody waits for. */
  spawn(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      if (!this.disturbances.isDeath(error)) this.bugs.push(error);
    });
  }

  /** From now on frames to this connection reach this agent. */
  attach(connectionId: string, agent: SimulatedAgent): void {
    this.#connected.set(connectionId, agent);
  }

  detach(connectionId: string): void {
    this.#connected.delete(connectionId);
  }

  #storeOver(table: Table): Store {
    const { watcher, spread } = this.#options;
    const store = createStore(table, {
      ...spread,
      historyMs: this.settings.historyMs,
      now: () => this.scheduler.now,
    });
    return watcher ? watchedStore(store, watcher) : store;
  }

  #send(message: WakeMessage, timing: WakeTiming): void {
    const delayMs = this.#delayOf(message, timing);
    if (delayMs === undefined || this.#isOnItsWay(message, timing)) return;
    for (const arrivesMs of this.disturbances.deliveries(delayMs)) {
      this.#deliver(message, arrivesMs);
    }
  }

  /** As the queues do it; undefined where the message is swallowed as one that is on its way already. */
  #delayOf(message: WakeMessage, timing: WakeTiming): number | undefined {
    const swift = this.disturbances.messageMs();
    if (timing.kind === "now") return swift;
    if (timing.kind === "after") return timing.seconds * 1000 + swift;
    const key = `${message.kind}:${wakeGroup(message)}`;
    const second = Math.floor(this.scheduler.now / 1000);
    if (this.#coalesced.get(key) === second) return undefined;
    this.#coalesced.set(key, second);
    return 1000 + swift;
  }

  /** Whether an equal message is, that was sent to be there at once; if not, this one is from now on. */
  #isOnItsWay(message: WakeMessage, { kind }: WakeTiming): boolean {
    if (!this.disturbances.mergesMessages || kind !== "now") return false;
    const key = JSON.stringify(message);
    if (this.#onTheirWay.has(key)) return true;
    this.#onTheirWay.add(key);
    return false;
  }

  #deliver(message: WakeMessage, delayMs: number, attempt = 1): void {
    this.scheduler.after(delayMs, () => {
      this.#onTheirWay.delete(JSON.stringify(message));
      this.spawn(async () => {
        try {
          await this.inProcess(async (context) => handleWake(context, message));
        } catch (error) {
          if (attempt < MAX_DELIVERIES) this.#deliver(message, VISIBILITY_TIMEOUT_MS, attempt + 1);
          throw error;
        }
      });
    });
  }

  #push(connectionId: string, message: AcsMessage): "sent" | "gone" {
    const agent = this.#connected.get(connectionId);
    if (!agent) return "gone";
    const frameMs = this.disturbances.frameMs();
    if (frameMs === "lost") this.spawn(async () => agent.dialAgain());
    else this.scheduler.after(frameMs, () => agent.receive(connectionId, message));
    return "sent";
  }

  #sweepForEver(): void {
    this.scheduler.after(SWEEP_INTERVAL_MS, () => {
      this.spawn(async () => this.inProcess(async (context) => sweep(context)));
      this.#sweepForEver();
    });
  }
}
