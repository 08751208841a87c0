import { existsSync, readFileSync } from "node:fs";
import { writePrivateFile } from "../data-directory.ts";

/** How far the changes of the table were told, kept in a file. */
export interface Checkpoint {
  /** Sequence number of the last one, or undefined at the beginning. */
  load(): string | undefined;
  save(sequenceNumber: string | undefined): void;
}

export function createCheckpoint(path: string): Checkpoint {
  return {
    load: () => (existsSync(path) ? readFileSync(path, "utf8").trim() || undefined : undefined),
    save: (sequenceNumber) => writePrivateFile(path, `${sequenceNumber ?? ""}\n`),
  };
}
