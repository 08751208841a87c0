import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { RECORDINGS } from "./paths.ts";
import { deploymentOf } from "./deployment.ts";
import type { Deployment } from "./deployment.ts";
import type { RecordedResource } from "./synth/mocks.ts";
import type { Plant } from "./synth/program.ts";

const SYNTH = join(import.meta.dirname, "synth/main.ts");
const recordingOf = (name: string): string => join(RECORDINGS, `${name}.json`);

interface RecordingOptions {
  /** Of the SST command; `deploy` without one. */
  readonly command?: "deploy" | "dev";
  readonly plants?: readonly Plant[];
  /** The recording's name; the stage's own without one. */
  readonly as?: string;
}

/** Runs the program of a stage. In a process of its own: Pulumi's mocks are the process's. */
export async function recordStage(
  stage: string,
  { command = "deploy", plants = [], as = stage }: RecordingOptions = {},
): Promise<void> {
  const args = [SYNTH, stage, recordingOf(as), command, JSON.stringify(plants)];
  await promisify(execFile)(process.execPath, args);
}

/** What was recorded before. */
export function readDeployment(name: string): Deployment {
  return deploymentOf(JSON.parse(readFileSync(recordingOf(name), "utf8")) as RecordedResource[]);
}
