import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * Groups, streams and blocks of events. The indexes hold all that is needed to find the blocks of a time
 * without touching their data: forwards in a group or a stream by where they begin, backwards in a stream
 * by where they end.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    retention_days INTEGER,
    tags TEXT NOT NULL DEFAULT '{}'
  ) STRICT;
  CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    first_event INTEGER,
    last_event INTEGER,
    last_ingestion INTEGER,
    UNIQUE (group_id, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
    stream_id INTEGER NOT NULL REFERENCES streams(id) ON DELETE CASCADE,
    first_event INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    ingested_at INTEGER NOT NULL,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    size INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS group_forwards ON blocks (group_id, first_event, id, last_event, stream_id, ingested_at);
  CREATE INDEX IF NOT EXISTS stream_forwards ON blocks (stream_id, first_event, id, last_event, ingested_at);
  CREATE INDEX IF NOT EXISTS stream_backwards ON blocks (stream_id, last_event, id, first_event, ingested_at);
  CREATE INDEX IF NOT EXISTS sizes ON blocks (group_id, bytes, size);
`;

/**
 * Opens the database, or makes it, for its owner alone. What was answered survives this process; of a
 * loss of power it may not survive the last moments.
 */
export function openLogDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  if (path !== ":memory:") chmodSync(path, 0o600);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
  database.exec(SCHEMA);
  return database;
}

/** All or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
