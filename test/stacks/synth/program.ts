import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { PLATFORM, ROOT } from "../paths.ts";

/** A fault to be found: in one file, one text instead of another. */
export interface Plant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What the stage's program is built for. */
export interface Program {
  readonly stage: string;
  /** As `sst dev` runs it. */
  readonly dev: boolean;
  readonly plants: readonly Plant[];
  /** Where the bundle goes. */
  readonly out: string;
}

/** What the SST command gives each file of the user before it bundles it. */
const GLOBALS = `import * as aws from "@pulumi/aws"; import * as sst from ${JSON.stringify(join(PLATFORM, "src/components"))};`;

/** As the SST command, in front of the program itself. */
const ENTRY = `
export * as pulumi from "@pulumi/pulumi";
export { run } from ${JSON.stringify(join(PLATFORM, "src/auto/run.ts"))};
export { default as config } from ${JSON.stringify(join(ROOT, "sst.config.ts"))};
`;

/** Bundles `sst.config.ts` with SST's own components, to be run next to them. */
export async function bundleProgram({ stage, dev, plants, out }: Program): Promise<void> {
  const app = await readApp(stage);
  await build({
    absWorkingDir: ROOT,
    stdin: { contents: ENTRY, resolveDir: PLATFORM, loader: "ts" },
    outfile: out,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    // What SST installed is imported from there.
    packages: "external",
    inject: [join(PLATFORM, "src/shim/run.js")],
    define: {
      $app: JSON.stringify({ ...app, stage, providers: {} }),
      $dev: JSON.stringify(dev),
      $cli: JSON.stringify({
        command: dev ? "dev" : "deploy",
        paths: { home: PLATFORM, root: ROOT, work: join(ROOT, ".sst"), platform: PLATFORM },
        state: { version: {} },
      }),
    },
    plugins: [userFiles(plants)],
    logLevel: "silent",
  });
}

const USER_FILE = /\/(?:sst\.config|stacks\/[\w-]+)\.ts$/;

function userFiles(plants: readonly Plant[]): Plugin {
  return {
    name: "user-files",
    setup(bundler) {
      bundler.onLoad({ filter: USER_FILE }, ({ path }) => ({
        contents: GLOBALS + planted(readFileSync(path, "utf8"), relative(ROOT, path), plants),
        loader: "ts",
      }));
    },
  };
}

function planted(text: string, path: string, plants: readonly Plant[]): string {
  return plants
    .filter(({ file }) => file === path)
    .reduce((before, { from, to }) => {
      if (!before.includes(from)) throw new Error(`${path} has no ${from}`);
      return before.replace(from, to);
    }, text);
}

/** The SST command asks for the app before it runs the program. */
export async function readApp(stage: string): Promise<Readonly<Record<string, unknown>>> {
  const globals = globalThis as { $config?: (config: unknown) => unknown };
  globals.$config = (config) => config;
  const { default: config } = (await import(join(ROOT, "sst.config.ts"))) as {
    default: { app(input: { stage: string }): Record<string, unknown> };
  };
  return config.app({ stage });
}
