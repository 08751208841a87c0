import { join } from "node:path";
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

/** Bundles every function as SST does for Lambda: one minified ES module each, nothing external. */
export async function bundleFunctions(directory: string): Promise<Bundles> {
  const entries = FUNCTIONS.map(async (name) => [name, await bundle(name, directory)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Bundles;
}

async function bundle(name: FunctionName, directory: string): Promise<Bundle> {
  const path = join(directory, name, "index.mjs");
  const { metafile } = await build({
    entryPoints: [fileURLToPath(import.meta.resolve(`@berth/functions/entry/${name}`))],
    outfile: path,
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
  const [output] = Object.values(metafile.outputs);
  return { path, bytes: output?.bytes ?? 0 };
}
