/** What Berth uses of dynalite's parts, which have no types of their own. */
declare module "dynalite/db/index.js" {
  export type Callback = (error: unknown, value?: unknown) => void;

  /** LevelDB, with callbacks where it had promises. */
  export interface Database {
    readonly status: "opening" | "open" | "closing" | "closed";
    open(): Promise<void>;
    close(): Promise<void>;
    getSync(key: string): unknown;
    getSync(key: string, options: { readonly valueEncoding: "utf8" }): string | undefined;
    values(range: object): {
      nextv(size: number): Promise<readonly unknown[]>;
      all(): Promise<readonly unknown[]>;
      close(): Promise<void>;
    };
    keys(range: object): { all(): Promise<readonly string[]> };
    clear(range: object): Promise<void>;
    get(key: string, callback: Callback): void;
    put(key: string, value: unknown, callback: Callback): void;
    del(key: string, callback: Callback): void;
    /** All of it or nothing. */
    batch(operations: readonly object[], callback: Callback): void;
    createValueStream(range: object): NodeJS.ReadableStream;
  }

  export interface Store {
    readonly db: Database;
  }

  interface Options {
    /** Directory of the LevelDB store. */
    readonly path: string;
    readonly createTableMs: number;
  }

  const database: { create(options: Options): Store };
  export default database;
}

declare module "dynalite/actions/*.js" {
  import type { Callback, Store } from "dynalite/db/index.js";

  const act: (store: Store, input: object, callback: Callback) => void;
  export default act;
}

declare module "dynalite/validations/index.js" {
  import type { Store } from "dynalite/db/index.js";

  const validations: {
    /** The input without what the operation does not know. Throws what is to be answered. */
    checkTypes(input: object, types: object): object;
    /** Throws what is to be answered. */
    checkValidations(input: object, types: object, custom: unknown, store: Store): void;
  };
  export default validations;
}
