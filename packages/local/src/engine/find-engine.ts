import { homedir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";

/** What was found of a Docker Engine. */
export type EngineProbe =
  | { readonly kind: "answers"; readonly dockerHost: string; readonly version: string }
  /** There is one, and this user may not use it. */
  | { readonly kind: "forbidden"; readonly dockerHost: string }
  | { readonly kind: "silent"; readonly tried: readonly string[] };

/**
 * Where an engine may be listening, in the order of preference: what the user says, else the
 * machine's own, a rootless one, Docker Desktop's.
 */
export function engineAddresses(
  env: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): readonly string[] {
  if (env["DOCKER_HOST"]) return [env["DOCKER_HOST"]];
  const runtimeDirectory = env["XDG_RUNTIME_DIR"];
  return [
    "unix:///var/run/docker.sock",
    ...(runtimeDirectory ? [`unix://${join(runtimeDirectory, "docker.sock")}`] : []),
    `unix://${join(home, ".docker/run/docker.sock")}`,
  ];
}

/** Asks each address for its version and takes the first that answers. */
export async function findEngine(addresses: readonly string[]): Promise<EngineProbe> {
  let forbidden: string | undefined;
  for (const dockerHost of addresses) {
    const answer = await askVersion(dockerHost);
    if (answer.kind === "answers") return { kind: "answers", dockerHost, version: answer.version };
    if (answer.kind === "forbidden") forbidden ??= dockerHost;
  }
  if (forbidden) return { kind: "forbidden", dockerHost: forbidden };
  return { kind: "silent", tried: addresses };
}

type Answer =
  | { readonly kind: "answers"; readonly version: string }
  | { readonly kind: "forbidden" }
  | { readonly kind: "silent" };

async function askVersion(dockerHost: string): Promise<Answer> {
  try {
    const { Version } = await engineClient(dockerHost).version();
    return { kind: "answers", version: Version };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return { kind: code === "EACCES" ? "forbidden" : "silent" };
  }
}

const UNIX_SCHEME = "unix://";
const PROBE_TIMEOUT_MS = 10_000;

/** A client for one address. `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` hold for TCP ones. */
export function engineClient(dockerHost: string, timeout = PROBE_TIMEOUT_MS): Docker {
  if (dockerHost.startsWith(UNIX_SCHEME)) {
    return new Docker({ socketPath: dockerHost.slice(UNIX_SCHEME.length), timeout });
  }
  return new Docker({ timeout });
}
