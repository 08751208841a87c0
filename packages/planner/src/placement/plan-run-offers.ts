import type { Candidate, PlacementRequest } from "./place.ts";
import { PlacementIndex } from "./placement-index.ts";

export interface WaitingRun {
  readonly id: string;
  /** What its tasks that are not placed ask for: those of each capacity provider. */
  readonly requests: readonly PlacementRequest[];
}

/**
 * Which of the waiting runs the capacity of now could help, the oldest being given first: each sees
 * what those before it would take. One that does not fit holds back no younger one that does.
 */
export function planRunOffers(
  candidates: Iterable<Candidate>,
  oldestFirst: readonly WaitingRun[],
): readonly string[] {
  const left = new Map(Array.from(candidates, (each) => [each.ledger.id, each]));
  const index = new PlacementIndex(left.values());
  const take = (request: PlacementRequest): number => {
    const { placed } = index.plan(request);
    for (const { taskId, containerInstanceId } of placed) {
      const candidate = left.get(containerInstanceId);
      if (!candidate) continue;
      const taken = withReservation(candidate, taskId, request);
      left.set(containerInstanceId, taken);
      index.set(taken);
    }
    return placed.length;
  };
  return oldestFirst.flatMap(({ id, requests }) =>
    requests.map(take).some((count) => count > 0) ? [id] : [],
  );
}

function withReservation(
  { instance, ledger }: Candidate,
  taskId: string,
  { demand }: PlacementRequest,
): Candidate {
  const reservations = { ...ledger.reservations, [taskId]: { ...demand, reservedAt: 0 } };
  return { instance, ledger: { ...ledger, reservations } };
}
