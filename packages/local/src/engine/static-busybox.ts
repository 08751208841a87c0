import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./install.ts";

const INSTALLED = ["/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox"];

/**
 * A busybox that needs no library: this machine's, else the one in Debian's and Ubuntu's package,
 * which is downloaded and unpacked without being installed (it would displace `busybox`).
 *
 * @throws Error where there is none to be had.
 */
export async function staticBusybox(): Promise<Buffer> {
  for (const path of INSTALLED) {
    if (existsSync(path) && isStaticElf(readFileSync(path))) return readFileSync(path);
  }
  const directory = mkdtempSync(join(tmpdir(), "berth-busybox-"));
  try {
    await downloadPackage(directory);
    const unpacked = ["bin/busybox", "usr/bin/busybox"].map((path) =>
      join(directory, "root", path),
    );
    const found = unpacked.find((path) => existsSync(path));
    if (!found) throw new Error("The package busybox-static holds no busybox.");
    return readFileSync(found);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function downloadPackage(directory: string): Promise<void> {
  const download = () => run("apt-get download busybox-static", { cwd: directory });
  // A fresh machine has no package lists; fetching them takes root.
  await download().catch(async () => run("apt-get update").then(download));
  const archive = readdirSync(directory).find((name) => name.endsWith(".deb"));
  await run(`dpkg-deb --extract ${archive} root`, { cwd: directory });
}

const ELF_MAGIC = 0x7f454c46;
const PROGRAM_INTERPRETER = 3;

/** Whether these bytes are a 64-bit little-endian ELF program that names no dynamic loader. */
export function isStaticElf(program: Buffer): boolean {
  const is64BitLittleEndian = program.length > 64 && program[4] === 2 && program[5] === 1;
  if (!is64BitLittleEndian || program.readUInt32BE(0) !== ELF_MAGIC) return false;
  const tableOffset = Number(program.readBigUInt64LE(32));
  const entrySize = program.readUInt16LE(54);
  const entries = program.readUInt16LE(56);
  const types = Array.from({ length: entries }, (_, index) =>
    program.readUInt32LE(tableOffset + index * entrySize),
  );
  return !types.includes(PROGRAM_INTERPRETER);
}
