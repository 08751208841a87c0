import type { Table, WriteOutcome } from "@berth/store/table";
import type { Random, Scheduler } from "./scheduler.ts";

/** The process died. Whatever it still tries to do does not happen. */
export class Crash extends Error {}

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

export const FAULTS: FaultRates = {
  crash: 0.004,
  lostMessage: 0.05,
  repeatedMessage: 0.05,
  lateMessage: 0.1,
  lostFrame: 0.05,
  agentVanishes: 0.02,
  containerDies: 0.05,
};

export const NO_FAULTS: FaultRates = {
  crash: 0,
  lostMessage: 0,
  repeatedMessage: 0,
  lateMessage: 0,
  lostFrame: 0,
  agentVanishes: 0,
  containerDies: 0,
};

/** One process of the control plane, from the moment it takes up a request or message. */
export class Process {
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
export function faultyTable(
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
