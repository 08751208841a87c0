import { defineConfig } from "vitest/config";

const project = (name: string, include: readonly string[], testTimeout: number) => ({
  test: {
    name,
    include: [...include],
    testTimeout,
    hookTimeout: testTimeout,
    /** Real engines and servers: one file at a time. */
    fileParallelism: name !== "e2e",
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", ["packages/*/src/**/*.test.ts"], 20_000),
      project("architecture", ["test/architecture/**/*.test.ts"], 60_000),
      project("simulation", ["test/simulation/**/*.test.ts"], 300_000),
      project("conformance", ["test/conformance/**/*.test.ts"], 120_000),
      project("e2e", ["test/e2e/**/*.test.ts"], 300_000),
    ],
  },
});
