import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { lastSegment } from "@berth/domain/arn";
import type { ImageRecord, ImageRecordFile } from "./docker/pulled-images.ts";
import type { Log } from "./log.ts";
import { ReplacedFiles } from "./replaced-files.ts";
import type { ManagedTask } from "./state.ts";
import { TerminalError } from "./terminal-error.ts";

/** Raised when an agent of before could not read what this one writes. */
const FORMAT = 1;
const INSTANCE_FILE = "instance.json";

/** What an agent remembers of its registration. */
export interface InstanceRecord {
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly availabilityZone?: string;
  /** The highest manifest number that was accepted. */
  readonly timeline: number;
}

/** A task as it was recorded, and where it stands in the order of arrival. */
export interface SavedTask {
  readonly order: number;
  readonly task: ManagedTask;
}

/**
 * The agent's memory on disk: one file for the instance and one per task. Without a directory nothing
 * is kept.
 */
export class StateFiles implements ImageRecordFile {
  readonly #directory: string | undefined;
  readonly #files: ReplacedFiles | undefined;
  readonly #log: Log;

  constructor(directory: string | undefined, log: Log) {
    this.#directory = directory;
    this.#log = log;
    if (directory === undefined) return;
    this.#files = new ReplacedFiles(directory, log, { flushed: [INSTANCE_FILE] });
  }

  /** @throws TerminalError where an agent of a later version wrote it: what it knows would be lost */
  async readInstance(): Promise<InstanceRecord | undefined> {
    const saved = (await this.#read(INSTANCE_FILE)) as (InstanceRecord & Saved) | undefined;
    if (!saved) return undefined;
    const { format = 1, ...record } = saved;
    if (format <= FORMAT) return record;
    throw new TerminalError(
      `the data directory is of format ${format}, and this agent reads formats up to ${FORMAT}: start the later version again; containers go on meanwhile`,
    );
  }

  async saveInstance(record: InstanceRecord): Promise<void> {
    const saved: InstanceRecord & Saved = { format: FORMAT, ...record };
    await this.#files?.replace(INSTANCE_FILE, JSON.stringify(saved)).tried;
  }

  async readImages(): Promise<readonly ImageRecord[]> {
    return ((await this.#read("images.json")) ?? []) as readonly ImageRecord[];
  }

  async saveImages(records: readonly ImageRecord[]): Promise<void> {
    await this.#files?.replace("images.json", JSON.stringify(records)).tried;
  }

  /** In order of arrival. */
  async readTasks(): Promise<readonly SavedTask[]> {
    if (this.#directory === undefined) return [];
    await mkdir(join(this.#directory, "tasks"), { recursive: true });
    const names = await readdir(join(this.#directory, "tasks"));
    const records: SavedTask[] = [];
    for (const name of names.filter((each) => each.endsWith(".json"))) {
      const record = await this.#read(join("tasks", name));
      if (record !== undefined) records.push(record as SavedTask);
    }
    return records.toSorted((a, b) => a.order - b.order);
  }

  /** Resolves once it is on disk, however long the disk may be full. */
  async saveTask(task: ManagedTask, order: number): Promise<void> {
    const saved: SavedTask = { order, task };
    await this.#files?.replace(taskFile(task.arn), JSON.stringify(saved)).written;
  }

  async removeTask(taskArn: string): Promise<void> {
    await this.#files?.remove(taskFile(taskArn));
  }

  /** Once everything that was to be saved is, or cannot be. */
  async close(): Promise<void> {
    await this.#files?.close();
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

interface Saved {
  /** Absent in what the first versions wrote. */
  readonly format?: number;
}

const taskFile = (taskArn: string): string =>
  join("tasks", `${lastSegment(taskArn).replace(/[^A-Za-z0-9-]/g, "-")}.json`);
