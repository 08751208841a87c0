import type { AcsMessage } from "@berth/contracts/agent/messages";
import type {
  EcsOperationName,
  EcsRequest,
  EcsResponse,
} from "@berth/contracts/ecs-api/operations";
import type { WakeMessage, WakeTiming } from "@berth/contracts/queue";
import { wakeGroup } from "@berth/contracts/queue";
import { commands } from "@berth/control-plane/commands/registry";
import type {
  CommandContext,
  InstanceControlPlane,
  LifecycleActions,
} from "@berth/control-plane/context";
import { handleWake } from "@berth/control-plane/reconcile/handle-wake";
import { sweep } from "@berth/control-plane/reconcile/sweep";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import type { Settings } from "@berth/control-plane/settings";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { createStore } from "@berth/store/create-store";
import type { Store } from "@berth/store/store";
import type { Table } from "@berth/store/table";
import { Crash, FAULTS, NO_FAULTS, Process, faultyTable } from "./faults.ts";
import type { FaultRates } from "./faults.ts";
import type { FakeAgent } from "./fake-agent.ts";
import { ScalingGroup } from "./scaling-group.ts";
import { Random, Scheduler } from "./scheduler.ts";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";

export const SCOPE = { region: "us-east-1", account: "000000000000" };

const START = Date.UTC(2026, 0, 1);
const VISIBILITY_TIMEOUT_MS = 30_000;
const SWEEP_INTERVAL_MS = 5_000;

const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  agentEndpoint: "http://127.0.0.1/",
  instanceLostAfterMs: 45_000,
  leaseMs: 40_000,
  heartbeatIntervalMs: 10_000,
  auditIntervalMs: 60_000,
  throttleMaxDelayMs: 20_000,
  provenAfterMs: 5_000,
  lifecycleHeartbeatMs: 15_000,
  drainAtMostMs: 75_000,
};

/** The same for all who ask the control plane for something. */
const HOME = {
  metrics: { record: () => undefined },
  scope: { region: "us-east-1", account: "000000000000" },
  settings: SETTINGS,
  principalArn: "arn:aws:iam::000000000000:root",
  permissions: ADMINISTRATOR,
};

function refuse(): never {
  throw new Error("An onlooker changes nothing");
}

/** Fewer than there are instances, so that what processes know of a cluster falls behind. */
const SLICE = 2;
const WARM_PROCESSES = 3;
/** What a process of the control plane works with, whatever it does. */
type ProcessContext = CommandContext & InstanceControlPlane;

/** A control plane made of short-lived processes, its queues, its table and its agents. */
export class World {
  readonly scheduler = new Scheduler(START);
  readonly random: Random;
  /** Rises with every write, also one that lost its race. */
  writes = 0;
  readonly #table: Table;
  /** Reads the table at once and without faults: for judging, not for taking part. */
  readonly truth: Store;
  readonly agents: FakeAgent[] = [];
  readonly group = new ScalingGroup(this, SETTINGS);
  /** Errors that are no simulated fault: each is a bug. */
  readonly bugs: unknown[] = [];
  rates: FaultRates = NO_FAULTS;
  #coalesced = new Set<string>();
  readonly #warm: { readonly process: Process; readonly views: ClusterViews }[] = [];

  constructor(seed: number, table: Table) {
    this.random = new Random(seed);
    this.#table = table;
    this.truth = createStore(this.#table, {
      historyMs: SETTINGS.historyMs,
      now: () => this.scheduler.now,
    });
    this.#sweepForEver();
  }

  breakThings(): void {
    this.rates = FAULTS;
  }

  heal(): void {
    this.rates = NO_FAULTS;
  }

  /** Runs something in a control-plane process of its own, which may die in the midst. */
  async inProcess<T>(work: (context: ProcessContext) => Promise<T>): Promise<T> {
    const process = new Process(this.random, () => this.rates);
    const table = faultyTable(this.#table, this.scheduler, this.random, process, () => {
      this.writes += 1;
    });
    const now = () => this.scheduler.now;
    return work({
      views: this.#viewsOf(process),
      store: createStore(table, { historyMs: SETTINGS.historyMs, now }),
      relay: {
        wake: async (message, timing) => {
          process.maybeCrash();
          this.#send(message, timing ?? { kind: "now" });
        },
      },
      agents: {
        push: async (connectionId, message) => {
          process.check();
          await this.scheduler.delay(this.random.between(1, 3));
          return this.#push(connectionId, message);
        },
      },
      lifecycleActions: this.#lifecycleActionsOf(process),
      now,
      randomHex: (digits) => this.random.hex(digits),
      requestId: this.random.hex(32),
      ...HOME,
    });
  }

  /** For calls that only read, outside of the world: no faults, no time, no draw of its chance. */
  get onlooker(): CommandContext {
    return {
      views: new ClusterViews(),
      store: this.truth,
      relay: { wake: refuse },
      agents: { push: refuse },
      now: () => this.scheduler.now,
      randomHex: refuse,
      requestId: "onlooker",
      ...HOME,
    };
  }

  /** What another invocation left to this process, as Lambda reuses them; it dies with the process. */
  #viewsOf(process: Process): ClusterViews {
    const place = this.random.between(0, WARM_PROCESSES - 1);
    const left = this.#warm[place];
    const views = left?.process.alive ? left.views : new ClusterViews(SLICE);
    this.#warm[place] = { process, views };
    return views;
  }

  /** A client's call, repeated as SDKs do while the control plane dies under it. */
  async call<Name extends EcsOperationName>(
    name: Name,
    request: EcsRequest<Name>,
  ): Promise<EcsResponse<Name>> {
    for (;;) {
      try {
        return await this.inProcess(async (context) => commands[name](context, request));
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        await this.scheduler.delay(this.random.between(50, 500));
      }
    }
  }

  /** Starts something that nobody waits for. */
  spawn(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      if (!(error instanceof Crash)) this.bugs.push(error);
    });
  }

  /** A process may die before and after each request, too. */
  #lifecycleActionsOf(process: Process): LifecycleActions {
    const ask = async <T>(request: () => Promise<T>): Promise<T> => {
      await this.scheduler.delay(this.random.between(5, 50));
      process.maybeCrash();
      const answer = await request();
      process.maybeCrash();
      return answer;
    };
    return {
      complete: async (id, action) => ask(async () => this.group.complete(id, action)),
      recordHeartbeat: async (id, action) =>
        ask(async () => this.group.recordHeartbeat(id, action)),
    };
  }

  #send(message: WakeMessage, timing: WakeTiming): void {
    if (this.random.chance(this.rates.lostMessage)) return;
    const delay = this.#delayOf(message, timing);
    if (delay === undefined) return;
    const late = this.random.chance(this.rates.lateMessage) ? this.random.between(500, 20_000) : 0;
    this.#deliver(message, delay + late);
    if (this.random.chance(this.rates.repeatedMessage)) {
      this.#deliver(message, delay + this.random.between(0, 10_000));
    }
  }

  /** As the queues do it; undefined where the message is swallowed as one that is on its way already. */
  #delayOf(message: WakeMessage, timing: WakeTiming): number | undefined {
    const swift = this.random.between(2, 12);
    if (timing.kind === "now") return swift;
    if (timing.kind === "after") return timing.seconds * 1000 + swift;
    const key = `${message.kind}:${wakeGroup(message)}:${Math.floor(this.scheduler.now / 1000)}`;
    if (this.#coalesced.has(key)) return undefined;
    this.#coalesced.add(key);
    return 1000 + swift;
  }

  #deliver(message: WakeMessage, delayMs: number, attempt = 1): void {
    this.scheduler.after(delayMs, () =>
      this.spawn(async () => {
        try {
          await this.inProcess(async (context) => handleWake(context, message));
        } catch (error) {
          if (attempt < 5) this.#deliver(message, VISIBILITY_TIMEOUT_MS, attempt + 1);
          throw error;
        }
      }),
    );
  }

  #push(connectionId: string, message: AcsMessage): "sent" | "gone" {
    const agent = this.agents.find((each) => each.connectionId === connectionId);
    if (!agent) return "gone";
    if (this.random.chance(this.rates.lostFrame)) {
      this.spawn(async () => agent.dialAgain());
      return "sent";
    }
    this.scheduler.after(this.random.between(1, 5), () => agent.receive(connectionId, message));
    return "sent";
  }

  #sweepForEver(): void {
    this.scheduler.after(SWEEP_INTERVAL_MS, () => {
      this.spawn(async () => this.inProcess(async (context) => sweep(context)));
      this.#sweepForEver();
    });
  }
}
