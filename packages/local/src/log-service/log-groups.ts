import type { DatabaseSync } from "node:sqlite";
import { alreadyExists, noLogGroup, noLogStream } from "./refusal.ts";

export interface LogGroup {
  readonly id: number;
  readonly name: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Absent: events stay until there is no more room. */
  readonly retentionDays?: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStream {
  readonly id: number;
  readonly groupId: number;
  readonly name: string;
  /** Epoch ms, as all that follow. Absent where it never had an event. */
  readonly createdAt: number;
  readonly firstEvent?: number;
  readonly lastEvent?: number;
  readonly lastIngestion?: number;
}

/** Log groups and their streams, by their names. */
export class LogGroups {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws LogsRefusal ResourceAlreadyExistsException */
  create(name: string, createdAt: number, tags: LogGroup["tags"]): void {
    const { changes } = this.#database
      .prepare("INSERT OR IGNORE INTO groups (name, created_at, tags) VALUES (?, ?, ?)")
      .run(name, createdAt, JSON.stringify(tags));
    if (changes === 0) throw alreadyExists("log group");
  }

  /** @throws LogsRefusal ResourceNotFoundException */
  get(name: string): LogGroup {
    const row = this.#database.prepare("SELECT * FROM groups WHERE name = ?").get(name);
    if (!row) throw noLogGroup();
    return groupOf(row);
  }

  /** In the order of their names. */
  list(): readonly LogGroup[] {
    return this.#database.prepare("SELECT * FROM groups ORDER BY name").all().map(groupOf);
  }

  /** With its streams and all that is in them. @throws LogsRefusal ResourceNotFoundException */
  delete(name: string): void {
    this.#database.prepare("DELETE FROM groups WHERE id = ?").run(this.get(name).id);
  }

  /** @throws LogsRefusal ResourceNotFoundException */
  setRetention(name: string, days: number | undefined): void {
    this.#database
      .prepare("UPDATE groups SET retention_days = ? WHERE id = ?")
      .run(days ?? null, this.get(name).id);
  }

  /** @throws LogsRefusal ResourceNotFoundException */
  setTags(name: string, tags: LogGroup["tags"]): void {
    this.#database
      .prepare("UPDATE groups SET tags = ? WHERE id = ?")
      .run(JSON.stringify(tags), this.get(name).id);
  }

  /** @throws LogsRefusal ResourceNotFoundException, ResourceAlreadyExistsException */
  createStream(group: string, name: string, createdAt: number): void {
    const { changes } = this.#database
      .prepare("INSERT OR IGNORE INTO streams (group_id, name, created_at) VALUES (?, ?, ?)")
      .run(this.get(group).id, name, createdAt);
    if (changes === 0) throw alreadyExists("log stream");
  }

  /** @throws LogsRefusal ResourceNotFoundException */
  getStream(group: string, name: string): LogStream {
    const row = this.#database
      .prepare("SELECT * FROM streams WHERE group_id = ? AND name = ?")
      .get(this.get(group).id, name);
    if (!row) throw noLogStream();
    return streamOf(row);
  }

  /** In the order of their names. @throws LogsRefusal ResourceNotFoundException */
  listStreams(group: string): readonly LogStream[] {
    return this.#database
      .prepare("SELECT * FROM streams WHERE group_id = ? ORDER BY name")
      .all(this.get(group).id)
      .map(streamOf);
  }

  /** @throws LogsRefusal ResourceNotFoundException */
  deleteStream(group: string, name: string): void {
    this.#database.prepare("DELETE FROM streams WHERE id = ?").run(this.getStream(group, name).id);
  }
}

type Row = Readonly<Record<string, unknown>>;

const groupOf = (row: Row): LogGroup => ({
  id: Number(row["id"]),
  name: String(row["name"]),
  createdAt: Number(row["created_at"]),
  ...(row["retention_days"] !== null && { retentionDays: Number(row["retention_days"]) }),
  tags: JSON.parse(String(row["tags"])) as LogGroup["tags"],
});

const streamOf = (row: Row): LogStream => ({
  id: Number(row["id"]),
  groupId: Number(row["group_id"]),
  name: String(row["name"]),
  createdAt: Number(row["created_at"]),
  ...(row["first_event"] !== null && { firstEvent: Number(row["first_event"]) }),
  ...(row["last_event"] !== null && { lastEvent: Number(row["last_event"]) }),
  ...(row["last_ingestion"] !== null && { lastIngestion: Number(row["last_ingestion"]) }),
});
