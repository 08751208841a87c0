import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import type { Candidate, InstanceRequirements } from "../placement/place.ts";
import { suitability } from "../placement/suitability.ts";

export interface WaitingDaemon extends InstanceRequirements {
  readonly name: string;
  readonly group: string;
}

/**
 * Which DAEMON services have something to do on the instances as their ledgers are: a task to start
 * where there is none, or to stop where it should not be.
 */
export function planDaemonOffers(
  candidates: readonly Candidate[],
  daemons: readonly WaitingDaemon[],
): readonly string[] {
  return daemons
    .filter((daemon) => {
      const hash = groupHash(daemon.group);
      const isSuitable = suitability(daemon);
      return candidates.some((candidate) => isAmiss(candidate, hash, isSuitable));
    })
    .map(({ name }) => name);
}

function isAmiss(
  candidate: Candidate,
  hash: string,
  isSuitable: (candidate: Candidate) => boolean,
): boolean {
  const { status, agentConnected, reservations } = candidate.ledger;
  const holds = Object.keys(reservations).some((taskId) => groupHashOfTask(taskId) === hash);
  if (status === "DRAINING") return holds;
  return holds ? !isSuitable(candidate) : agentConnected && isSuitable(candidate);
}
