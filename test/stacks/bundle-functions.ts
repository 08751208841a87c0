import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { BUNDLES, ENTRIES, ROOT } from "./paths.ts";

/** Every entry point of `packages/functions`, by its file's name. `edge.ts` is what they share. */
export const entryNames: readonly string[] = readdirSync(ENTRIES)
  .map((file) => basename(file, ".ts"))
  .filter((name) => name !== "edge" && !name.endsWith(".test"));

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
