import { execFile } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const NAME = `berth-test/node:${process.pid}`;
const PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/bin";

/**
 * An image to build the agent's on where none can be pulled: the Node that runs this test, a shell and
 * iptables, with their libraries from this machine.
 *
 * @returns its name
 */
export async function importNodeImage(directory: string): Promise<string> {
  const root = join(directory, "root");
  const iptables = (await run("sh", ["-c", "command -v iptables"])).stdout.trim();
  const programs = new Map([
    ["/usr/local/bin/node", process.execPath],
    ["/usr/sbin/iptables", iptables],
    ["/bin/sh", "/bin/sh"],
  ]);
  for (const [place, program] of programs) {
    copyTo(root, place, program);
    for (const library of await librariesOf(program)) copyTo(root, library, library);
  }
  await copyMatchers(root, iptables);
  const archive = join(directory, "root.tar");
  await run("tar", ["-C", root, "-cf", archive, "."]);
  await run("docker", ["import", "--change", `ENV PATH=${PATH}`, archive, NAME]);
  return NAME;
}

function copyTo(root: string, place: string, from: string): void {
  mkdirSync(join(root, dirname(place)), { recursive: true });
  copyFileSync(realpathSync(from), join(root, place));
}

/** By the paths under which the linker looks for them. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run("ldd", [realpathSync(program)]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

/** What iptables loads for the parts of a rule, such as DNAT. */
async function copyMatchers(root: string, iptables: string): Promise<void> {
  const library = (await librariesOf(iptables)).find((path) => path.includes("libxtables"));
  const place = library && join("/usr", dirname(library), "xtables");
  if (place && existsSync(place)) cpSync(place, join(root, place), { recursive: true });
}
