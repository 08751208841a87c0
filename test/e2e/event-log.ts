import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { Berth } from "./berth.ts";

/** Every event that this Berth's bus took, as `berth events` prints them. */
export async function eventsOf(berth: Berth, ...flags: string[]): Promise<readonly ToldEvent[]> {
  const args = ["events", "--json", "--lines", "1000000", "--data-dir", berth.dataDir, ...flags];
  const berthEvents = spawn(process.execPath, ["packages/cli/bin/berth.js", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(berthEvents.stdout), once(berthEvents, "exit")]);
  const lines = output.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as ToldEvent);
}

/** What happened to a task: its states, last and desired, in the order in which they were told. */
export function lifeOf(events: readonly ToldEvent[], taskArn: string): readonly string[] {
  return events
    .filter(({ resources }) => resources.includes(taskArn))
    .map(({ detail }) => `${String(detail["lastStatus"])}/${String(detail["desiredStatus"])}`);
}

/** What a task of a service lives through that is killed, or stopped by its service. */
export const KILLED = ["PENDING/RUNNING", "RUNNING/RUNNING", "STOPPED/STOPPED"];
export const STOPPED = ["PENDING/RUNNING", "RUNNING/RUNNING", "RUNNING/STOPPED", "STOPPED/STOPPED"];
