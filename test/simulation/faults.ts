import type { LifecycleActions } from "@berth/control-plane/context";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import type { Disturbances, ProcessParts } from "@berth/simulator/world/disturbances";
import type { Random } from "@berth/simulator/world/random";
import type { Scheduler } from "@berth/simulator/world/scheduler";
import type { Table, WriteOutcome } from "@berth/store/table";

/** The process died. Whatever it still tries to do does not happen. */
class Crash extends Error {}

export interface FaultRates {
  /** Before and after each write, each. */
  readonly crash: number;
  readonly lostMessage: number;
  readonly repeatedMessage: number;
  /** Of messages that come much later than they should. */
  readonly lateMessage: number;
  /** Of frames that an agent never gets, since the connection breaks under them. */
  readonly lostFrame: number;
  readonly agentVanishes: number;
  readonly containerDies: number;
}

const FAULTS: FaultRates = {
  crash: 0.004,
  lostMessage: 0.05,
  repeatedMessage: 0.05,
  lateMessage: 0.1,
  lostFrame: 0.05,
  agentVanishes: 0.02,
  containerDies: 0.05,
};

const NO_FAULTS: FaultRates = {
  crash: 0,
  lostMessage: 0,
  repeatedMessage: 0,
  lateMessage: 0,
  lostFrame: 0,
  agentVanishes: 0,
  containerDies: 0,
};

/** Fewer than there are instances, so that what processes know of a cluster falls behind. */
const SLICE = 2;
const WARM_PROCESSES = 3;

/** All that can go wrong in the simulation, once it is let loose. */
export class Faults implements Disturbances {
  readonly mergesMessages = false;
  #rates: FaultRates = NO_FAULTS;
  /** Rises with every write, also one that lost its race. */
  writes = 0;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #warm: { readonly process: Process; readonly views: ClusterViews }[] = [];

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  get rates(): FaultRates {
    return this.#rates;
  }

  breakThings(): void {
    this.#rates = FAULTS;
  }

  heal(): void {
    this.#rates = NO_FAULTS;
  }

  beginProcess({ table, relay, agents, lifecycleActions }: ProcessParts): ProcessParts {
    const process = new Process(this.#random, () => this.rates);
    return {
      views: this.#viewsOf(process),
      lifecycleActions: this.#lifecycleActionsOf(process, lifecycleActions),
      table: faultyTable(table, this.#scheduler, this.#random, process, () => {
        this.writes += 1;
      }),
      relay: {
        wake: async (message, timing) => {
          process.maybeCrash();
          await relay.wake(message, timing);
        },
      },
      agents: {
        push: async (connectionId, message) => {
          process.check();
          await this.#scheduler.delay(this.#random.between(1, 3));
          return agents.push(connectionId, message);
        },
        close: async (connectionId) => {
          process.check();
          await agents.close(connectionId);
        },
      },
    };
  }

  /** What another invocation left to this process, as Lambda reuses them; it dies with the process. */
  #viewsOf(process: Process): ClusterViews {
    const place = this.#random.between(0, WARM_PROCESSES - 1);
    const left = this.#warm[place];
    const views = left?.process.alive ? left.views : new ClusterViews(SLICE);
    this.#warm[place] = { process, views };
    return views;
  }

  /** A process may die before and after each request, too. */
  #lifecycleActionsOf(process: Process, actions: LifecycleActions): LifecycleActions {
    const ask = async <T>(request: () => Promise<T>): Promise<T> => {
      await this.#scheduler.delay(this.#random.between(5, 50));
      process.maybeCrash();
      const answer = await request();
      process.maybeCrash();
      return answer;
    };
    return {
      complete: async (id, action) => ask(async () => actions.complete(id, action)),
      recordHeartbeat: async (id, action) => ask(async () => actions.recordHeartbeat(id, action)),
    };
  }

  isDeath(error: unknown): boolean {
    return error instanceof Crash;
  }

  messageMs(): number {
    return this.#random.between(2, 12);
  }

  deliveries(delayMs: number): readonly number[] {
    if (this.#random.chance(this.rates.lostMessage)) return [];
    const late = this.#random.chance(this.rates.lateMessage)
      ? this.#random.between(500, 20_000)
      : 0;
    const repeated = this.#random.chance(this.rates.repeatedMessage)
      ? [delayMs + this.#random.between(0, 10_000)]
      : [];
    return [delayMs + late, ...repeated];
  }

  frameMs(): number | "lost" {
    return this.#random.chance(this.rates.lostFrame) ? "lost" : this.#random.between(1, 5);
  }

  retryMs(): number {
    return this.#random.between(50, 500);
  }

  repeatMs(): number | undefined {
    const isAnswerLost = this.#random.chance(this.rates.repeatedMessage);
    return isAnswerLost ? this.#random.between(10, 5_000) : undefined;
  }

  hearsOfBreak(): boolean {
    return this.#random.chance(0.7);
  }
}

/** One process of the control plane, from the moment it takes up a request or message. */
class Process {
  alive = true;
  readonly #random: Random;
  readonly #rates: () => FaultRates;

  constructor(random: Random, rates: () => FaultRates) {
    this.#random = random;
    this.#rates = rates;
  }

  check(): void {
    if (!this.alive) throw new Crash();
  }

  maybeCrash(): void {
    this.check();
    if (this.#random.chance(this.#rates().crash)) {
      this.alive = false;
      throw new Crash();
    }
  }
}

/** The table as one process sees it: every call takes a while, and the process may die around each write. */
function faultyTable(
  table: Table,
  scheduler: Scheduler,
  random: Random,
  process: Process,
  onWrite: () => void,
): Table {
  const read = async <T>(call: () => Promise<T>): Promise<T> => {
    process.check();
    await scheduler.delay(random.between(1, 4));
    process.check();
    return call();
  };
  const write = async (call: () => Promise<WriteOutcome>): Promise<WriteOutcome> => {
    process.check();
    await scheduler.delay(random.between(1, 6));
    process.maybeCrash();
    const outcome = await call();
    onWrite();
    process.maybeCrash();
    return outcome;
  };
  return {
    get: async (key, options) => read(async () => table.get(key, options)),
    getMany: async (keys, options) => read(async () => table.getMany(keys, options)),
    query: async (pk, options) => read(async () => table.query(pk, options)),
    list: async (listPk, options) => read(async () => table.list(listPk, options)),
    overdue: async (now, limit) => read(async () => table.overdue(now, limit)),
    create: async (item) => write(async () => table.create(item)),
    replace: async (item) => write(async () => table.replace(item)),
    delete: async (key, version) => write(async () => table.delete(key, version)),
  };
}
