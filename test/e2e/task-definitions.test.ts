import { connectDocker } from "@berth/agent/docker/connection";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Berth } from "./berth.ts";
import { inspectMachine, LIMITED_ROWS } from "./task-definitions/engine-limits.ts";
import { HEALTH_ROWS } from "./task-definitions/health.ts";
import { LIFECYCLE_ROWS } from "./task-definitions/lifecycle.ts";
import { LOG_ROWS, stopListening } from "./task-definitions/logs.ts";
import { NETWORK_ROWS } from "./task-definitions/network.ts";
import { play, refusalOf } from "./task-definitions/play.ts";
import { PROCESS_ROWS } from "./task-definitions/process.ts";
import { REFUSED_ROWS } from "./task-definitions/refused.ts";
import { offerGpus, RESOURCE_ROWS } from "./task-definitions/resources.ts";
import type { Row } from "./task-definitions/row.ts";
import { cleanUpStorage, STORAGE_ROWS } from "./task-definitions/storage.ts";

/** Most rows wait: for an engine, a check of health, or an end. */
vi.setConfig({ maxConcurrency: 16 });

const THEMES: Readonly<Record<string, readonly Row[]>> = {
  lifecycle: LIFECYCLE_ROWS,
  health: HEALTH_ROWS,
  process: PROCESS_ROWS,
  resources: RESOURCE_ROWS,
  network: NETWORK_ROWS,
  storage: STORAGE_ROWS,
  logs: LOG_ROWS,
};
const played = Object.values(THEMES).flat().length;

const machine = await inspectMachine(connectDocker("unix:///var/run/docker.sock"));
const limited = LIMITED_ROWS.map((row) => {
  const missing = row.missing(machine);
  const verdict = missing === undefined ? "played" : `NOT PLAYED, ${missing}`;
  return { row, title: `${row.field} ${row.does}`, verdict, isMissing: missing !== undefined };
});
const notPlayed = limited.filter(({ isMissing }) => isMissing).length;

let berth: Berth;

beforeAll(async () => {
  const drivers = ["json-file", "gelf", "syslog", "fluentd"];
  const env = { ECS_AVAILABLE_LOGGING_DRIVERS: JSON.stringify(drivers), ...offerGpus() };
  berth = await Berth.start({ instances: 1, env });
});
afterAll(async () => {
  stopListening();
  await berth?.down();
  await cleanUpStorage();
});

/** One running Berth plays them all at once: the API, the placement, the protocol, the agent, the engine. */
describe.concurrent.for(Object.entries(THEMES))("%s:", ([theme, rows]) => {
  test.concurrent.for(rows.map((row, index) => ({ ...row, family: `${theme}-${index}` })))(
    "$field $does",
    // Its own `expect`: the global one does not know which of them it is in.
    async (row, { expect }) => {
      await expect(play(berth, row, row.family)).resolves.toBeUndefined();
    },
  );
});

describe("what is registered and not run:", () => {
  test.for(REFUSED_ROWS)("$field $does", async (row) => {
    expect(await refusalOf(berth, row, "refused")).toMatch(row.refusal);
  });
});

describe(`${played} behaviours; what this machine cannot show: ${notPlayed}`, () => {
  test.for(limited)("$title: $verdict", async ({ row, isMissing }, { skip }) => {
    skip(isMissing);
    await expect(play(berth, row, "limited")).resolves.toBeUndefined();
  });
});
