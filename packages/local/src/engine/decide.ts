import type { EngineProbe } from "./find-engine.ts";

/** What matters about a machine when no engine answers on it. */
export interface Machine {
  readonly isRoot: boolean;
  /** `ID` and `ID_LIKE` of /etc/os-release; empty elsewhere. */
  readonly distributions: readonly string[];
  readonly dockerdInstalled: boolean;
  /** Whether systemd is the init of this machine, not only installed. */
  readonly systemdRuns: boolean;
  /** The user named an engine by DOCKER_HOST: no other is of use. */
  readonly dockerHostGiven: boolean;
}

/** May Berth install the distribution's engine? */
export type Consent = "given" | "ask" | "refused";

export type Decision =
  | { readonly kind: "use"; readonly dockerHost: string; readonly version: string }
  | { readonly kind: "start"; readonly how: StartMethod }
  | { readonly kind: "install"; readonly how: StartMethod }
  | { readonly kind: "ask"; readonly how: StartMethod }
  | { readonly kind: "explain"; readonly reason: string; readonly commands: readonly string[] };

export type StartMethod = "systemd" | "dockerd";

/**
 * What to do about the engine, from what was found. Installing needs consent, starting what is
 * installed only the right to do so.
 */
export function decide(probe: EngineProbe, machine: Machine, consent: Consent): Decision {
  if (probe.kind === "answers") return { ...probe, kind: "use" };
  if (probe.kind === "forbidden") return explainForbidden(probe.dockerHost);
  if (machine.dockerHostGiven) return explainDockerHost(probe.tried);
  const how = machine.systemdRuns ? "systemd" : "dockerd";
  if (machine.dockerdInstalled) {
    return machine.isRoot ? { kind: "start", how } : explainStart(how);
  }
  if (!machine.distributions.includes("debian")) return explainOtherSystem();
  if (!machine.isRoot || consent === "refused") return explainInstall(machine.isRoot, how);
  return { kind: consent === "given" ? "install" : "ask", how };
}

/** What the installation runs: `iptables` is only recommended by the package and always needed. */
export const INSTALL_COMMANDS = [
  "apt-get update",
  "apt-get install -y --no-install-recommends docker.io iptables",
] as const;

const START_COMMANDS = {
  systemd: "systemctl start docker",
  dockerd: "dockerd >/var/log/dockerd.log 2>&1 &",
} as const satisfies Record<StartMethod, string>;

function explainForbidden(dockerHost: string): Decision {
  return {
    kind: "explain",
    reason: `A Docker Engine answers on ${dockerHost}, but this user may not use it.`,
    commands: ["sudo usermod -aG docker $USER", "newgrp docker"],
  };
}

function explainDockerHost(tried: readonly string[]): Decision {
  return {
    kind: "explain",
    reason: `DOCKER_HOST says ${tried.join(", ")}, and no Docker Engine answers there.`,
    commands: ["unset DOCKER_HOST"],
  };
}

function explainStart(how: StartMethod): Decision {
  return {
    kind: "explain",
    reason: "Docker Engine is installed and does not run; starting it takes root.",
    commands: [how === "systemd" ? "sudo systemctl start docker" : "sudo dockerd"],
  };
}

function explainOtherSystem(): Decision {
  return {
    kind: "explain",
    reason:
      "No Docker Engine answers, and Berth installs one on Debian and Ubuntu only. " +
      "See https://docs.docker.com/engine/install/ for this system.",
    commands: [],
  };
}

function explainInstall(isRoot: boolean, how: StartMethod): Decision {
  const prefix = isRoot ? "" : "sudo ";
  return {
    kind: "explain",
    reason: isRoot
      ? 'No Docker Engine answers. "berth up --install-engine" installs and starts the distribution\'s, which is:'
      : "No Docker Engine answers, and installing one takes root:",
    commands: [...INSTALL_COMMANDS, START_COMMANDS[how]].map((each) => `${prefix}${each}`),
  };
}
