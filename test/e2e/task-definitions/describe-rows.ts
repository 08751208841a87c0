import { describe, expect, test } from "vitest";
import { inspectMachine, LIMITED_ROWS } from "./engine-limits.ts";
import { HEALTH_ROWS } from "./health.ts";
import type { Host } from "./host.ts";
import { LIFECYCLE_ROWS } from "./lifecycle.ts";
import { logRows } from "./logs.ts";
import { NETWORK_ROWS } from "./network.ts";
import { play, refusalOf, type Stage } from "./play.ts";
import { PROCESS_ROWS } from "./process.ts";
import { REFUSED_ROWS } from "./refused.ts";
import { RESOURCE_ROWS } from "./resources.ts";
import type { Row } from "./row.ts";
import { STORAGE_ROWS } from "./storage.ts";

/** Declares a test for each row, all played on one stage at once, which is there when they run. */
export async function describeRows(host: Host, stage: () => Stage): Promise<void> {
  const themes: Readonly<Record<string, readonly Row[]>> = {
    lifecycle: LIFECYCLE_ROWS,
    health: HEALTH_ROWS,
    process: PROCESS_ROWS,
    resources: RESOURCE_ROWS,
    network: NETWORK_ROWS,
    storage: STORAGE_ROWS,
    logs: logRows(host),
  };
  const played = Object.values(themes).flat().length;

  const machine = await inspectMachine(host);
  const limited = LIMITED_ROWS.map((row) => {
    const missing = row.missing(machine);
    const verdict = missing === undefined ? "played" : `NOT PLAYED, ${missing}`;
    return { row, title: `${row.field} ${row.does}`, verdict, isMissing: missing !== undefined };
  });
  const notPlayed = limited.filter(({ isMissing }) => isMissing).length;

  describe.concurrent.for(Object.entries(themes))("%s:", ([theme, rows]) => {
    test.concurrent.for(rows.map((row, index) => ({ ...row, family: `${theme}-${index}` })))(
      "$field $does",
      // Its own `expect`: the global one does not know which of them it is in.
      async (row, { expect }) => {
        await expect(play(stage(), row, row.family)).resolves.toBeUndefined();
      },
    );
  });

  describe("what is registered and not run:", () => {
    test.for(REFUSED_ROWS)("$field $does", async (row) => {
      expect(await refusalOf(stage(), row, "refused")).toMatch(row.refusal);
    });
  });

  describe(`${played} behaviours; what this machine cannot show: ${notPlayed}`, () => {
    test.for(limited)("$title: $verdict", async ({ row, isMissing }, { skip }) => {
      skip(isMissing);
      await expect(play(stage(), row, "limited")).resolves.toBeUndefined();
    });
  });
}
