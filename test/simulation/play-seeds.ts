import { expect, test } from "vitest";
import { runScenario } from "./scenario.ts";

const { SEED, SEEDS = "100" } = process.env;

/**
 * Every second world: two files have the tests, so that two cores share the work. `SEED=17 npm run
 * simulate` replays one world, in both.
 */
export function playSeeds(remainder: 0 | 1): void {
  test.each(seedsOf(remainder))(
    "seed %i: nothing breaks on the way, and everything comes to rest",
    async (seed) => {
      const { broken } = await runScenario(seed);
      expect(broken, `replay with SEED=${seed} npm run simulate`).toEqual([]);
    },
  );
}

const seedsOf = (remainder: 0 | 1): readonly number[] =>
  SEED === undefined
    ? Array.from({ length: Number(SEEDS) }, (_, index) => index + 1).filter(
        (seed) => seed % 2 === remainder,
      )
    : [Number(SEED)];
