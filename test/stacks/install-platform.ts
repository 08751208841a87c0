import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import manifest from "../../package.json" with { type: "json" };
import { PLATFORM, program, ROOT, SST_HOME } from "./paths.ts";

/** Brings SST's components and their types where they are absent or of another version. */
export async function installPlatform(): Promise<void> {
  if (isInstalled()) return;
  await promisify(execFile)(program("sst"), ["install", "--stage", "ci"], {
    cwd: ROOT,
    env: {
      ...process.env,
      SST_TELEMETRY_DISABLED: "1",
      // Neither a Pulumi engine nor another bun is downloaded: npm brought all that is needed.
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_BUN_PATH: program("bun"),
      XDG_CONFIG_HOME: join(SST_HOME, "config"),
    },
  });
}

function isInstalled(): boolean {
  const version = join(PLATFORM, "version");
  return (
    existsSync(version) &&
    readFileSync(version, "utf8").trim() === manifest.devDependencies.sst &&
    // Written last.
    existsSync(join(SST_HOME, "provider-lock.json")) &&
    existsSync(join(PLATFORM, "node_modules/@pulumi/aws/package.json"))
  );
}
