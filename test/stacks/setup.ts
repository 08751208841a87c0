import { mkdirSync } from "node:fs";
import { bundleFunctions } from "./bundle-functions.ts";
import { installPlatform } from "./install-platform.ts";
import { RECORDINGS } from "./paths.ts";
import { recordStage } from "./record.ts";

/** What the tests look at, made once: SST's components, the functions' bundles, two stages and `sst dev`. */
export default async function setup(): Promise<void> {
  await Promise.all([installPlatform(), bundleFunctions()]);
  mkdirSync(RECORDINGS, { recursive: true });
  await Promise.all([
    recordStage("production"),
    recordStage("test"),
    recordStage("dev", { command: "dev" }),
  ]);
}
