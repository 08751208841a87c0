import { defineConfig } from "vitest/config";

/** As Stryker copied it: the working tree with faults in it. */
const ROOT = new URL("../../", import.meta.url).pathname;

/** What holds the planner, for runs that plant faults in it: other tests would only cost time. */
export default defineConfig({
  root: ROOT,
  resolve: {
    // The packages' links lead out of the copy, to code without faults.
    alias: [{ find: /^@berth\/([a-z-]+)\/(.+)$/, replacement: `${ROOT}packages/$1/src/$2.ts` }],
  },
  test: {
    include: ["packages/planner/src/**/*.test.ts", "test/conformance/planner.test.ts"],
    setupFiles: ["test/mutation/short-properties.ts"],
    testTimeout: 30_000,
  },
});
