import { rmSync } from "node:fs";
import { join } from "node:path";
import { type FunctionName, FUNCTIONS } from "@berth/functions/function-limits";
import { build } from "esbuild";
import { BUNDLES, ENTRIES, ROOT } from "./paths.ts";

/** Every entry point of `packages/functions`, by its file's name. */
export const entryNames: readonly FunctionName[] = FUNCTIONS;

export const bundleOf = (entry: string): string => join(BUNDLES, entry, "bundle.mjs");

/** Bundles as SST does, but readable: each module stands behind a comment that names it. */
export async function bundleFunctions(): Promise<void> {
  rmSync(BUNDLES, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: entryNames.map((name) => ({
      in: join(ENTRIES, `${name}.ts`),
      out: `${name}/bundle`,
    })),
    outdir: BUNDLES,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    mainFields: ["module", "main"],
    logLevel: "silent",
  });
}
