import { afterAll, beforeAll, vi } from "vitest";
import { Berth } from "./berth.ts";
import { describeRows } from "./task-definitions/describe-rows.ts";
import { thisHost } from "./task-definitions/host.ts";
import { LOGGING_DRIVERS, stopListening } from "./task-definitions/logs.ts";
import { offerGpus } from "./task-definitions/resources.ts";
import { cleanUpStorage } from "./task-definitions/storage.ts";

/** Most rows wait: for an engine, a check of health, or an end. */
vi.setConfig({ maxConcurrency: 16 });

let berth: Berth;

beforeAll(async () => {
  const env = { ECS_AVAILABLE_LOGGING_DRIVERS: LOGGING_DRIVERS, ...(await offerGpus(thisHost)) };
  berth = await Berth.start({ instances: 1, env });
});
afterAll(async () => {
  stopListening();
  await berth?.down();
  await cleanUpStorage(thisHost);
});

/** One running Berth plays them all at once: the API, the placement, the protocol, the agent, the engine. */
await describeRows(thisHost, () => ({ ecs: berth.ecs, host: thisHost }));
