import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { InstanceRecord } from "@berth/agent/state-files";
import type { DataDirectory } from "./data-directory.ts";

export interface RecordedInstance {
  /** Name of its directory: its number, and more where it was deregistered. */
  readonly name: string;
  readonly record: InstanceRecord;
}

/** What the agents of this machine remember of their registrations, also of those that are over. */
export function recordedInstances({ instances }: DataDirectory): readonly RecordedInstance[] {
  if (!existsSync(instances)) return [];
  return readdirSync(instances).flatMap((name) => {
    const path = join(instances, name, "data", "instance.json");
    if (!existsSync(path)) return [];
    return [{ name, record: JSON.parse(readFileSync(path, "utf8")) as InstanceRecord }];
  });
}

/** Ids of the tasks that the agents of this machine have not cleaned up after. */
export function recordedTaskIds({ instances }: DataDirectory): readonly string[] {
  if (!existsSync(instances)) return [];
  return readdirSync(instances).flatMap((name) => {
    const path = join(instances, name, "data", "tasks");
    const files = existsSync(path) ? readdirSync(path) : [];
    return files.filter((file) => file.endsWith(".json")).map((file) => basename(file, ".json"));
  });
}
