import { expect, test } from "vitest";
import { runScenario } from "./scenario.ts";

/** `SEED=17 npm run simulate` replays one world. */
const seeds =
  process.env["SEED"] === undefined
    ? Array.from({ length: Number(process.env["SEEDS"] ?? 200) }, (_, index) => index + 1)
    : [Number(process.env["SEED"])];

test.each(seeds)(
  "seed %i: nothing breaks on the way, and everything comes to rest",
  async (seed) => {
    const { broken } = await runScenario(seed);
    expect(broken, `replay with SEED=${seed} npm run simulate`).toEqual([]);
  },
);
