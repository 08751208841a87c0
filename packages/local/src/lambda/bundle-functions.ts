import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FUNCTIONS, type FunctionName } from "@berth/functions/function-limits";
import { build } from "esbuild";

/** CommonJS packages in an ES module bundle ask for `require`. */
const BANNER =
  'import { createRequire as __createRequire } from "node:module";' +
  "const require = __createRequire(import.meta.url);";

export interface Bundle {
  /** Absolute path of the ES module that exports `handler`. */
  readonly path: string;
  readonly bytes: number;
}

export type Bundles = Readonly<Record<FunctionName, Bundle>>;

/**
 * Bundles every function as SST does for Lambda: one minified ES module each, nothing external. All at
 * once, so that what they share is parsed once: a control plane that starts again is back sooner.
 */
export async function bundleFunctions(directory: string): Promise<Bundles> {
  const { metafile } = await build({
    entryPoints: FUNCTIONS.map((name) => ({ in: entryOf(name), out: `${name}/index` })),
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    banner: { js: BANNER },
    metafile: true,
    logLevel: "silent",
  });
  const bytesByPath = new Map(
    Object.entries(metafile.outputs).map(([path, { bytes }]) => [resolve(path), bytes]),
  );
  const bundles = FUNCTIONS.map((name) => {
    const path = resolve(directory, name, "index.mjs");
    return [name, { path, bytes: bytesByPath.get(path) ?? 0 }] as const;
  });
  return Object.fromEntries(bundles) as Bundles;
}

const entryOf = (name: FunctionName): string =>
  fileURLToPath(import.meta.resolve(`@berth/functions/entry/${name}`));
