import { runScenario } from "./scenario.ts";

export interface PlayedSeed {
  readonly seed: number;
  readonly broken: readonly string[];
  readonly cpuSeconds: number;
}

// Whoever would hear of more is gone, or has no more seeds.
process.on("disconnect", () => process.exit());

/** Plays the seeds that the soak sends, one at a time. */
process.on("message", async (seed: number) => {
  const before = process.cpuUsage();
  const { broken } = await runScenario(seed).catch((error: Error) => ({
    broken: [error.stack ?? String(error)],
  }));
  const { user, system } = process.cpuUsage(before);
  const outcome: PlayedSeed = { seed, broken, cpuSeconds: (user + system) / 1e6 };
  process.send?.(outcome);
});
