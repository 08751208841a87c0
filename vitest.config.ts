import { checkedCommands } from "@berth/testing/checked-commands";
import { defaultExclude, defineConfig } from "vitest/config";

/** Tests that need a Docker Engine: they fail without one. */
const ENGINE_TESTS = "packages/*/src/**/*.engine.test.ts";
/** Tests that need Terraform, its AWS provider and an emulator of AWS or an engine: they say what is missing. */
const TERRAFORM_TESTS = "test/**/*.terraform.test.ts";

interface Project {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly timeoutMs: number;
  /** Runs once before the files. */
  readonly setup?: string;
  /** Runs in each file, before its tests. */
  readonly eachFile?: string;
  /** Its files share the modules that they import, which are evaluated once for each core; default: each has its own. */
  readonly sharesModules?: boolean;
  /** How many of its files run side by side; default: one per core. */
  readonly workers?: number;
}

const project = ({
  name,
  include,
  exclude = [],
  timeoutMs,
  setup,
  eachFile,
  sharesModules = false,
  workers,
}: Project) => ({
  plugins: [checkedCommands()],
  test: {
    name,
    include: [...include],
    exclude: [...defaultExclude, ...exclude],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    isolate: !sharesModules,
    // Projects with another number of workers run by themselves.
    ...(workers !== undefined && { maxWorkers: workers, sequence: { groupOrder: 1 } }),
    ...(setup !== undefined && { globalSetup: setup }),
    ...(eachFile !== undefined && { setupFiles: [eachFile] }),
  },
});

export default defineConfig({
  test: {
    // vitest leaves one core to itself by default: of two, that is half.
    maxWorkers: "100%",
    projects: [
      project({
        name: "unit",
        include: ["packages/*/src/**/*.test.ts"],
        exclude: [ENGINE_TESTS],
        eachFile: "test/seeded-properties.ts",
        // Half of what the four hundred files took was to import the same.
        sharesModules: true,
        timeoutMs: 30_000,
      }),
      project({
        name: "architecture",
        include: ["test/architecture/**/*.test.ts"],
        timeoutMs: 60_000,
      }),
      project({
        name: "stacks",
        include: ["test/stacks/**/*.test.ts"],
        exclude: [TERRAFORM_TESTS],
        setup: "test/stacks/setup.ts",
        timeoutMs: 120_000,
      }),
      project({
        name: "terraform",
        include: [TERRAFORM_TESTS],
        setup: "test/stacks/setup.ts",
        timeoutMs: 300_000,
      }),
      project({
        name: "simulation",
        include: ["test/simulation/**/*.test.ts"],
        timeoutMs: 300_000,
      }),
      project({
        name: "conformance",
        include: ["test/conformance/**/*.test.ts"],
        timeoutMs: 120_000,
      }),
      project({ name: "fuzz", include: ["test/fuzz/**/*.test.ts"], timeoutMs: 300_000 }),
      project({
        name: "survival",
        include: ["test/survival/**/*.test.ts"],
        timeoutMs: 900_000,
        workers: 1,
      }),
      project({
        name: "machine",
        include: ["test/machine/**/*.test.ts"],
        setup: "test/machine/setup.ts",
        timeoutMs: 900_000,
        workers: 1,
      }),
      project({
        name: "e2e",
        include: ["test/e2e/**/*.test.ts", ENGINE_TESTS],
        exclude: [TERRAFORM_TESTS],
        timeoutMs: 300_000,
        // They wait for containers most of the time.
        workers: 2,
      }),
    ],
  },
});
