import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Consent, Machine } from "./decide.ts";

/** What there is on this machine. */
export function inspectMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  return {
    isRoot: process.getuid?.() === 0,
    distributions: existsSync("/etc/os-release")
      ? parseDistributions(readFileSync("/etc/os-release", "utf8"))
      : [],
    dockerdInstalled: isOnPath("dockerd", env["PATH"]),
    systemdRuns: existsSync("/run/systemd/system"),
    dockerHostGiven: Boolean(env["DOCKER_HOST"]),
  };
}

/** `ID` and `ID_LIKE` of an os-release file: `ubuntu debian` on Ubuntu. */
export function parseDistributions(osRelease: string): readonly string[] {
  const values = osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm);
  return [...values].flatMap(([, value = ""]) => value.split(" ")).filter((each) => each !== "");
}

/** dockerd lives in /usr/sbin, which is not on everybody's path. */
function isOnPath(program: string, path = ""): boolean {
  const places = [...path.split(delimiter), "/usr/sbin", "/usr/local/bin"];
  return places.some((place) => place !== "" && existsSync(join(place, program)));
}

/**
 * Whether Berth may install packages: the flag says so, a CI machine is made to be changed, and at
 * a terminal one can ask.
 */
export function consentFrom(options: {
  readonly flag: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly interactive: boolean;
}): Consent {
  if (options.flag || options.env["CI"] === "true") return "given";
  return options.interactive ? "ask" : "refused";
}
