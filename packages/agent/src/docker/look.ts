import type { NetworkBinding } from "@berth/domain/task";
import type { ContainerInspectInfo } from "dockerode";
import type { ContainerHealth, ObservedContainer } from "../state.ts";
import { readLabels } from "./labels.ts";
import type { MemoryKills } from "./memory-kills.ts";
import type { TaskCgroups } from "./task-cgroups.ts";
import { taskAddress } from "./task-network.ts";

/** What the agent needs of an inspected container; undefined where it is not an agent's. */
export function observed(info: ContainerInspectInfo): ObservedContainer | undefined {
  const labels = readLabels(info.Config.Labels);
  if (!labels) return undefined;
  const startedAt = epochMs(info.State.StartedAt);
  const phase = phaseOf(info);
  const health = healthOf(info);
  return {
    ...labels,
    dockerId: info.Id,
    phase,
    networkBindings: bindingsOf(info),
    ...(startedAt !== undefined && { startedAt }),
    ...(phase === "STOPPED" && exitOf(info)),
    ...(health !== undefined && { health }),
  };
}

/** Where the container is reached: at its task's own address where it holds that, else where its ports are published. */
export function bindingsOf(info: ContainerInspectInfo): readonly NetworkBinding[] {
  const bindIP = taskAddress(info);
  return bindIP === undefined ? publishedPorts(info) : [{ bindIP }];
}

/** Where the engine published the container's ports, without the IPv6 twins. */
function publishedPorts(info: ContainerInspectInfo): readonly NetworkBinding[] {
  return Object.entries(info.NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) => {
    const [containerPort, protocol] = key.split("/");
    // A port that is exposed but not published has no bindings.
    return (bindings ?? [])
      .filter(({ HostIp }) => !HostIp.includes(":"))
      .map(({ HostIp, HostPort }) => ({
        bindIP: HostIp,
        containerPort: Number(containerPort),
        hostPort: Number(HostPort),
        protocol: protocol === "udp" ? ("udp" as const) : ("tcp" as const),
      }));
  });
}

function phaseOf({ State }: ContainerInspectInfo): ObservedContainer["phase"] {
  if (State.Running) return "RUNNING";
  return State.Status === "created" ? "CREATED" : "STOPPED";
}

function exitOf(info: ContainerInspectInfo) {
  const { State } = info;
  const finishedAt = epochMs(State.FinishedAt);
  const reason = wasOutOfMemory(info)
    ? OUT_OF_MEMORY
    : State.Error && `ContainerRuntimeError: ${State.Error}`;
  return {
    exitCode: State.ExitCode,
    ...(finishedAt !== undefined && { finishedAt }),
    ...(reason && { reason }),
  };
}

const SIGKILL_EXIT = 137;
const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";

/** Who else may know that the memory was too little. */
export interface KillWitnesses {
  readonly cgroups: Pick<TaskCgroups, "kills">;
  readonly events: Pick<MemoryKills, "heardOf">;
}

/**
 * The engine may hear of such an end only after the container's, and says nothing of it in what it shows
 * then. With the second version of cgroups it may never hear of it, since its runtime's watch goes with
 * the container's cgroup: there the kernel counts for the task's as well.
 */
export async function withMissedCause(
  container: ObservedContainer,
  limitBytes: number,
  { cgroups, events }: KillWitnesses,
): Promise<ObservedContainer> {
  if (container.exitCode !== SIGKILL_EXIT || container.reason) return container;
  const kills = await cgroups.kills(container.taskArn, limitBytes);
  const wasKilled =
    kills === "some" || (kills === "maybe" && (await events.heardOf(container.dockerId)));
  return wasKilled ? { ...container, reason: OUT_OF_MEMORY } : container;
}

/** Where a task has a cgroup, the engine marks all of its containers once one of them is killed. */
function wasOutOfMemory({ State, HostConfig }: ContainerInspectInfo): boolean {
  const isItsOwn = !HostConfig.CgroupParent || State.ExitCode === SIGKILL_EXIT;
  return State.OOMKilled && State.ExitCode !== 0 && isItsOwn;
}

const HEALTH = { healthy: "HEALTHY", unhealthy: "UNHEALTHY" } as const;

function healthOf({ State }: ContainerInspectInfo): ContainerHealth | undefined {
  const status = State.Health?.Status;
  if (status !== "healthy" && status !== "unhealthy") return undefined;
  const lastCheck: unknown = State.Health?.Log?.at(-1)?.End;
  return { status: HEALTH[status], since: epochMs(lastCheck) ?? 0 };
}

/** The engine says "never" as a date in the year 1. */
function epochMs(text: unknown): number | undefined {
  const at = Date.parse(String(text));
  return at > 0 ? at : undefined;
}
