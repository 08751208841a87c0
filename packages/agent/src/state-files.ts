import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lastSegment } from "@berth/domain/arn";
import type { ImageRecord, ImageRecordFile } from "./docker/pulled-images.ts";
import type { Log } from "./log.ts";
import type { ManagedTask } from "./state.ts";

/** What an agent remembers of its registration. */
export interface InstanceRecord {
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly availabilityZone?: string;
  /** The highest manifest number that was accepted. */
  readonly timeline: number;
}

/**
 * The agent's memory on disk: one file for the instance and one per task, each replaced whole, so
 * that a crash leaves the old or the new one. Without a directory nothing is kept.
 */
export class StateFiles implements ImageRecordFile {
  readonly #directory: string | undefined;
  readonly #log: Log;
  /** The last write of each file: a later one waits for it. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor(directory: string | undefined, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  async readInstance(): Promise<InstanceRecord | undefined> {
    return (await this.#read("instance.json")) as InstanceRecord | undefined;
  }

  saveInstance(record: InstanceRecord): Promise<void> {
    return this.#write("instance.json", JSON.stringify(record));
  }

  async readImages(): Promise<readonly ImageRecord[]> {
    return ((await this.#read("images.json")) ?? []) as readonly ImageRecord[];
  }

  saveImages(records: readonly ImageRecord[]): Promise<void> {
    return this.#write("images.json", JSON.stringify(records));
  }

  /** In order of arrival. */
  async readTasks(): Promise<readonly ManagedTask[]> {
    if (this.#directory === undefined) return [];
    await mkdir(join(this.#directory, "tasks"), { recursive: true });
    const names = await readdir(join(this.#directory, "tasks"));
    const records: SavedTask[] = [];
    for (const name of names.filter((each) => each.endsWith(".json"))) {
      const record = await this.#read(join("tasks", name));
      if (record !== undefined) records.push(record as SavedTask);
    }
    return records.toSorted((a, b) => a.order - b.order).map(({ task }) => task);
  }

  /** @param order Where the task stands in the order of arrival. */
  saveTask(task: ManagedTask, order: number): Promise<void> {
    return this.#write(taskFile(task.arn), JSON.stringify({ order, task } satisfies SavedTask));
  }

  async removeTask(taskArn: string): Promise<void> {
    if (this.#directory === undefined) return;
    await this.#writes.get(taskFile(taskArn));
    await rm(join(this.#directory, taskFile(taskArn)), { force: true });
  }

  /** Once everything that was to be saved is. */
  async flushed(): Promise<void> {
    await Promise.all(this.#writes.values());
  }

  /** One write of a file at a time, in order. */
  #write(name: string, text: string): Promise<void> {
    if (this.#directory === undefined) return Promise.resolve();
    const path = join(this.#directory, name);
    const previous = this.#writes.get(name) ?? Promise.resolve();
    const write = previous
      .then(() => replaceFile(path, text))
      .catch((error: unknown) => {
        // What is not on disk is found again by the containers' labels, and stopped and reported.
        this.#log.error("state-not-saved", { file: path, error });
      });
    this.#writes.set(name, write);
    void write.then(() => this.#writes.get(name) === write && this.#writes.delete(name));
    return write;
  }

  async #read(name: string): Promise<unknown> {
    if (this.#directory === undefined) return undefined;
    const path = join(this.#directory, name);
    try {
      return JSON.parse(await readFile(path, "utf8"));
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ENOENT") {
        this.#log.error("state-unreadable", { file: path, error });
      }
      return undefined;
    }
  }
}

interface SavedTask {
  readonly order: number;
  readonly task: ManagedTask;
}

const taskFile = (taskArn: string): string =>
  join("tasks", `${lastSegment(taskArn).replace(/[^A-Za-z0-9-]/g, "-")}.json`);

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}
