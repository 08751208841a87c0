import type { PlacementRequest } from "./place.ts";
import type { PlacementIndex } from "./placement-index.ts";

export interface WaitingService {
  readonly name: string;
  /** What one of its unplaced tasks asks for, `taskIds` being those that wait. */
  readonly requests: readonly PlacementRequest[];
}

/**
 * Which waiting services the capacity of now could help: those with a task that some instance
 * takes. Offers are not reservations; the service that comes first gets it.
 */
export function planOffers(
  index: PlacementIndex,
  waiting: readonly WaitingService[],
): readonly string[] {
  return waiting
    .filter(({ requests }) =>
      requests.some((request) => {
        const first = { ...request, taskIds: request.taskIds.slice(0, 1) };
        return index.plan(first).placed.length > 0;
      }),
    )
    .map(({ name }) => name);
}
