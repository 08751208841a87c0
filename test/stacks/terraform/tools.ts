import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** One major version older than what SST's provider is made of. */
export const PROVIDER_VERSION = "5.100.0";
const PROVIDER = "registry.terraform.io/hashicorp/aws";

/** Where people keep providers that are not to be downloaded. */
const MIRRORS = [
  "/opt/tf-plugins",
  "/usr/share/terraform/plugins",
  "/usr/local/share/terraform/plugins",
  join(homedir(), ".terraform.d/plugins"),
];

/** The folder that holds the provider, of the variable TF_PLUGIN_MIRROR or a usual one. */
export function findMirror(): string | undefined {
  const { TF_PLUGIN_MIRROR } = process.env;
  return (TF_PLUGIN_MIRROR ? [TF_PLUGIN_MIRROR] : MIRRORS).find(hasProvider);
}

/** A mirror has each version unpacked in a folder, or as an archive for each platform. */
function hasProvider(mirror: string): boolean {
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  return [
    `${PROVIDER_VERSION}/${platform}`,
    `terraform-provider-aws_${PROVIDER_VERSION}_${platform}.zip`,
  ].some((path) => existsSync(join(mirror, PROVIDER, path)));
}

const TOOLS = {
  terraform: { name: "terraform", isThere: () => runs("terraform", "version") },
  provider: {
    name: `Terraform's AWS provider ${PROVIDER_VERSION} in TF_PLUGIN_MIRROR`,
    isThere: async () => findMirror() !== undefined,
  },
  emulator: { name: "moto_server", isThere: () => runs("moto_server", "--help") },
} as const;

/** What tests need of these and do not find; says it aloud, for nobody reads what was skipped. */
export async function missingTools(needed: readonly (keyof typeof TOOLS)[]): Promise<string[]> {
  const found = await Promise.all(needed.map((tool) => TOOLS[tool].isThere()));
  const missing = needed.filter((_, index) => !found[index]).map((tool) => TOOLS[tool].name);
  if (missing.length > 0) {
    console.warn(`SKIPPED: no resource is validated or applied without ${missing.join(", ")}.`);
  }
  return missing;
}

async function runs(command: string, argument: string): Promise<boolean> {
  return promisify(execFile)(command, [argument]).then(
    () => true,
    () => false,
  );
}
