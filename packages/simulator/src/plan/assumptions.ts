import type { PlanAssumptions } from "@berth/contracts/rest/plan";
import type { Task } from "@berth/domain/task";

const DEFAULTS: PlanAssumptions = {
  startMs: 5_000,
  stopMs: 1_000,
  horizonMs: 30 * 60_000,
  tasksFail: false,
  hostNotice: false,
};

/** As many of the latest starts as are asked how long they took. */
const STARTS_ASKED = 100;

/** What was given, and for the rest what these tasks suggest. */
export function assumptionsFrom(
  given: Partial<PlanAssumptions>,
  tasks: readonly Task[],
): PlanAssumptions {
  const startMs = medianStartMs(tasks);
  return { ...DEFAULTS, ...(startMs !== undefined && { startMs }), ...given };
}

function medianStartMs(tasks: readonly Task[]): number | undefined {
  const took = tasks
    .flatMap(({ createdAt, startedAt }) =>
      startedAt === undefined ? [] : [{ startedAt, ms: startedAt - createdAt }],
    )
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, STARTS_ASKED)
    .map(({ ms }) => Math.max(0, ms))
    .toSorted((a, b) => a - b);
  return took[Math.floor(took.length / 2)];
}
