import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Installation,
  INSTALLATION_FILES,
  type ProcessesFile,
  type RootCredentials,
} from "@berth/contracts/local/installation";

export function readCredentials(dataDir: string): RootCredentials {
  return readJson(dataDir, "credentials") as RootCredentials;
}

export function readInstallation(dataDir: string): Installation {
  return readJson(dataDir, "installation") as Installation;
}

/** What runs on this data directory, or undefined where nothing does. */
export function readProcesses(dataDir: string): ProcessesFile | undefined {
  try {
    const file = readJson(dataDir, "processes") as ProcessesFile;
    return isAlive(file.supervisorPid) ? file : undefined;
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

function readJson(dataDir: string, file: "credentials" | "installation" | "processes"): unknown {
  return JSON.parse(readFileSync(join(dataDir, INSTALLATION_FILES[file]), "utf8"));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
