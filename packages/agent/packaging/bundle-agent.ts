import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** CommonJS packages in an ES module bundle ask for `require`. */
const BANNER =
  'import { createRequire as __createRequire } from "node:module";' +
  "const require = __createRequire(import.meta.url);";

/**
 * What the engine's client brings along for engines that are reached over SSH, and for builds, and systemd's
 * for services that have to describe themselves: an agent does none of it, and one has a part that is
 * compiled where it is installed.
 */
const UNUSED = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|xml2js)$/;

const withoutUnused: Plugin = {
  name: "without-unused",
  setup(bundle) {
    bundle.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: "unused" }));
    bundle.onLoad({ filter: UNUSED, namespace: "unused" }, () => ({ contents: "" }));
  },
};

/** Writes the whole agent into one file that Node runs with nothing else installed. @returns its size */
export async function bundleAgent(outfile: string): Promise<number> {
  const { metafile } = await build({
    entryPoints: [pathOf("../src/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    legalComments: "inline",
    plugins: [withoutUnused],
    // Faster ways to do what ws does by itself where they are not there.
    external: ["bufferutil", "utf-8-validate"],
    banner: { js: BANNER },
    metafile: true,
    logLevel: "warning",
  });
  return Object.values(metafile.outputs)[0]?.bytes ?? 0;
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
