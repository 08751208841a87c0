import { existsSync, readFileSync } from "node:fs";
import { writePrivateFile } from "../data-directory.ts";
import type { KmsKey } from "../embedded/kms-key.ts";

/**
 * Named things of one kind in a file of its owner's alone, which is written before a change counts.
 * Their secret parts are sealed under the installation's key: the file alone tells nobody anything.
 */
export class SealedFile<Item> {
  readonly #path: string;
  readonly #key: KmsKey;
  #items: ReadonlyMap<string, Item>;

  constructor(path: string, key: KmsKey) {
    this.#path = path;
    this.#key = key;
    const text = existsSync(path) ? readFileSync(path, "utf8") : "[]";
    this.#items = new Map(JSON.parse(text) as readonly (readonly [string, Item])[]);
  }

  /** In the order of their names. */
  get all(): readonly Item[] {
    return [...this.#items].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  find(name: string): Item | undefined {
    return this.#items.get(name);
  }

  put(name: string, item: Item): void {
    this.#write(new Map(this.#items).set(name, item));
  }

  remove(name: string): void {
    const items = new Map(this.#items);
    items.delete(name);
    this.#write(items);
  }

  /** @returns base64 that can be opened for the same name only */
  seal(name: string, value: string): string {
    return this.#key.encrypt(Buffer.from(value), { name }).toString("base64");
  }

  open(name: string, sealed: string): string {
    const value = this.#key.decrypt(Buffer.from(sealed, "base64"), { name });
    if (!value) throw new Error(`${this.#path}: what is kept of ${name} cannot be opened.`);
    return value.toString();
  }

  #write(items: ReadonlyMap<string, Item>): void {
    writePrivateFile(this.#path, `${JSON.stringify([...items])}\n`);
    this.#items = items;
  }
}
