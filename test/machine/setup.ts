import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { prepareDemoImages } from "@berth/local/engine/demo-image";
import type { TestProject } from "vitest/node";
import { debianImage } from "./debian-image.ts";
import { type Doors, Machine } from "./machine.ts";
import { VirtualMachine } from "./virtual-machine.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of the machine that all files share, or what is missing for one. */
    machine: Doors | { readonly missing: string };
  }
}

/** Programs, and the packages of Debian that have them. */
const TOOLS = {
  "qemu-system-x86_64": "qemu-system-x86",
  mmdebstrap: "mmdebstrap",
  mke2fs: "e2fsprogs",
  "apt-get": "apt",
};

/** Boots the machine, of Debian trixie unless DEBIAN names another suite. MACHINE=ENGINE-PORT,SHELL-PORT is one that runs. */
export default async function setup({ provide }: TestProject) {
  const { DEBIAN = "trixie", MACHINE } = process.env;
  if (MACHINE !== undefined) {
    const [enginePort = 0, shellPort = 0] = MACHINE.split(",").map(Number);
    await prepareDemoImages(new Machine({ enginePort, shellPort }).docker);
    provide("machine", { enginePort, shellPort });
    return undefined;
  }
  const missing = await missingTools();
  if (missing.length > 0) {
    provide("machine", { missing: missing.join(", ") });
    console.warn(`SKIPPED: no machine is booted without ${missing.join(", ")}.`);
    return undefined;
  }
  const machine = await VirtualMachine.boot(await debianImage(DEBIAN));
  await prepareDemoImages(new Machine(machine.doors).docker);
  provide("machine", machine.doors);
  return () => machine.close();
}

async function missingTools(): Promise<readonly string[]> {
  const packages = await Promise.all(
    Object.entries(TOOLS).map(async ([program, name]) =>
      promisify(execFile)("which", [program]).then(
        () => [],
        () => [name],
      ),
    ),
  );
  return [...packages.flat(), ...(process.getuid?.() === 0 ? [] : ["root"])];
}
