import type Docker from "dockerode";
import pLimit from "p-limit";
import type { ContainerList, ContainerLook } from "../engine.ts";
import type { ObservedContainer } from "../state.ts";
import { within } from "../within.ts";
import { DEADLINE_MS } from "./deadlines.ts";
import { type InstanceIdentity, ownLabel } from "./labels.ts";

/** An engine of two cores answers no more at once. */
const LOOKS_AT_ONCE = 8;
/** One of which the engine says nothing for so long is looked at another time. */
const LOOK_MS = 5_000;

/** One that is paused has its processes. */
const RUNNING = new Set(["running", "paused"]);

/** All of this instance's containers. One that the engine does not answer about keeps no other waiting. */
export async function listOwn(
  docker: Docker,
  instance: InstanceIdentity,
  look: (dockerId: string) => Promise<ContainerLook>,
): Promise<ContainerList> {
  const limit = pLimit(LOOKS_AT_ONCE);
  const containers: ObservedContainer[] = [];
  const unclear: string[] = [];
  const lookAt = async ({ Id }: Docker.ContainerInfo) => {
    try {
      const seen = await within(LOOK_MS, () => look(Id));
      if (seen.kind === "there") containers.push(seen.container);
    } catch {
      unclear.push(Id);
    }
  };
  const listed = await summaries(docker, instance);
  await Promise.all(listed.map((each) => limit(lookAt, each)));
  return { containers, unclear };
}

/** The engine's ids of those that run, at one call: by them it is seen whether events got lost. */
export async function runningOwn(
  docker: Docker,
  instance: InstanceIdentity,
): Promise<ReadonlySet<string>> {
  const listed = await summaries(docker, instance);
  return new Set(listed.filter(({ State }) => RUNNING.has(State)).map(({ Id }) => Id));
}

function summaries(docker: Docker, instance: InstanceIdentity) {
  const filters = { label: [ownLabel(instance)] };
  return within(DEADLINE_MS.list, (abortSignal) =>
    docker.listContainers({ all: true, filters, abortSignal }),
  );
}
