import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { GUEST_FILES, GUEST_UNITS } from "./guest-files.ts";

const run = promisify(execFile);

/** Of the file system, most of which is never written. */
const SIZE = "8G";

/** What people have on such a machine, and what the tests get in by. */
const PACKAGES = [
  "linux-image-cloud-amd64",
  "initramfs-tools",
  "systemd-sysv",
  "dbus",
  "docker.io",
  "docker-cli",
  // The engine confines by it only where its parser is.
  "apparmor",
  "iptables",
  "iproute2",
  "procps",
  // Node's program needs these.
  "libatomic1",
  "libstdc++6",
  "socat",
];

/** A machine's disk, and what it is started by. */
export interface MachineImage {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

/**
 * A Debian with systemd, Docker and Node, of the packages of the mirror that apt has here. Made once for
 * each recipe, and kept in the user's cache. Needs root.
 *
 * @param suite such as `trixie`
 */
export async function debianImage(suite: string): Promise<MachineImage> {
  const recipe = JSON.stringify([suite, SIZE, PACKAGES, GUEST_FILES, GUEST_UNITS, process.version]);
  const digest = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "berth/machine");
  const directory = join(cache, `${suite}-${digest}`);
  if (!existsSync(directory)) await make(suite, cache, directory);
  return {
    disk: join(directory, "disk"),
    kernel: join(directory, "vmlinuz"),
    initrd: join(directory, "initrd.img"),
  };
}

/** It appears at its place when it is whole. */
async function make(suite: string, cache: string, directory: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  try {
    const root = join(unfinished, "root");
    await installDebian(suite, root);
    await addGuestFiles(root);
    for (const name of ["vmlinuz", "initrd.img"]) {
      copyFileSync(join(root, name), join(unfinished, name));
    }
    await run("mke2fs", ["-q", "-t", "ext4", "-d", root, join(unfinished, "disk"), SIZE]);
    rmSync(root, { recursive: true });
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function installDebian(suite: string, root: string): Promise<void> {
  const flags = ["--mode=root", "--variant=apt", "--format=directory"];
  const include = `--include=${PACKAGES.join(",")}`;
  // A mirror may be of some day in the past: what is signed is right, however old.
  const anyAge = '--aptopt=Acquire::Check-Valid-Until "false"';
  await run("mmdebstrap", [...flags, include, anyAge, suite, root, ...(await mirrors())]);
}

async function addGuestFiles(root: string): Promise<void> {
  for (const [path, content] of Object.entries(GUEST_FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    rmSync(join(root, path), { force: true });
    writeFileSync(join(root, path), content);
  }
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"));
  await run("chroot", [root, "systemctl", "enable", ...GUEST_UNITS]);
}

/** Of this machine's apt; none where it is another system, for which mmdebstrap takes Debian's own. */
async function mirrors(): Promise<readonly string[]> {
  const { stdout } = await run("apt-get", [
    "indextargets",
    "--format=$(REPO_URI)",
    "Created-By: Packages",
    "Origin: Debian",
    "Label: Debian",
  ]);
  return stdout.split("\n").filter(Boolean).slice(0, 1);
}
