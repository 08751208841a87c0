/** An image that this agent pulled. Times are epoch ms. */
export interface ImageRecord {
  /** The engine's. */
  readonly id: string;
  /** By which it was pulled; none once all of them mean another image. */
  readonly names: readonly string[];
  readonly pulledAt: number;
  readonly lastUsedAt: number;
}

/** Where the records outlive the process. */
export interface ImageRecordFile {
  readImages(): Promise<readonly ImageRecord[]>;
  saveImages(records: readonly ImageRecord[]): Promise<void>;
}

/** What this agent pulled, and may remove again. When an image was used last is kept from pull to pull only. */
export class PulledImages {
  readonly #file: ImageRecordFile;
  readonly #records: Map<string, ImageRecord>;

  private constructor(file: ImageRecordFile, records: readonly ImageRecord[]) {
    this.#file = file;
    this.#records = new Map(records.map((record) => [record.id, record]));
  }

  static async open(file: ImageRecordFile): Promise<PulledImages> {
    return new PulledImages(file, await file.readImages());
  }

  has(name: string): boolean {
    return this.#recordOf(name) !== undefined;
  }

  /** A name that was pulled before may mean another image now. */
  async pulled(name: string, id: string, now: number): Promise<void> {
    const before = this.#recordOf(name);
    if (before) this.#withNames(before, without(before.names, name));
    const names = [...without(this.#records.get(id)?.names ?? [], name), name];
    this.#records.set(id, { id, names, pulledAt: now, lastUsedAt: now });
    await this.#save();
  }

  used(name: string, now: number): void {
    const record = this.#recordOf(name);
    if (record) this.#records.set(record.id, { ...record, lastUsedAt: now });
  }

  async forget(id: string): Promise<void> {
    this.#records.delete(id);
    await this.#save();
  }

  /** Those that were pulled so long ago, the least recently used first. */
  olderThan(ageMs: number, now: number): readonly ImageRecord[] {
    return [...this.#records.values()]
      .filter(({ pulledAt }) => now - pulledAt >= ageMs)
      .toSorted((a, b) => a.lastUsedAt - b.lastUsedAt);
  }

  #recordOf(name: string): ImageRecord | undefined {
    return [...this.#records.values()].find(({ names }) => names.includes(name));
  }

  #withNames(record: ImageRecord, names: readonly string[]): void {
    this.#records.set(record.id, { ...record, names });
  }

  #save(): Promise<void> {
    return this.#file.saveImages([...this.#records.values()]);
  }
}

const without = (names: readonly string[], name: string): readonly string[] =>
  names.filter((each) => each !== name);
