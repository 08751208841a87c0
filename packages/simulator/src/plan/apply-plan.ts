import type { AppliedPlan, ApplyPlanRequest } from "@berth/contracts/rest/plan";
import { authorizeOperation } from "@berth/control-plane/access/authorize-operation";
import { commands } from "@berth/control-plane/commands/registry";
import type { CommandContext } from "@berth/control-plane/context";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { rebalanceService } from "@berth/control-plane/rest/rebalance-service";
import { EcsError } from "@berth/domain/errors";
import { carryOut, isOperation, withTaskDefinition } from "./change.ts";
import { readForChange } from "./make-plan.ts";
import { pinnedStore } from "./pinned-store.ts";
import { moved, planIdOf, versionsOf } from "./versions.ts";

/** As many of the things that moved as a refusal names. */
const MOVED_NAMED = 20;

/**
 * Makes the change of a plan, if everything that the plan was made from is still as it was.
 *
 * @throws EcsError PlanOutdatedException, whose member `moved` says what is not; InvalidParameterException; AccessDeniedException where the caller may not do what is planned; what the operation throws
 */
export async function applyPlan(
  context: CommandContext,
  { planId, cluster, change, versions }: ApplyPlanRequest,
): Promise<AppliedPlan> {
  if (planId !== planIdOf(cluster, change, versions)) {
    throw invalid("The plan is not as it was answered: its planId is that of another one.");
  }
  if (!isOperation(change)) {
    throw invalid("A loss can be planned for, and not be applied.");
  }
  const now = await readForChange(context, { cluster, change });
  const difference = moved(versions, versionsOf(now, now.changesTo));
  if (difference.length > 0) throw outdated(difference);
  const exact = withTaskDefinition(change, now.changesTo);
  // What this process knows of the cluster may be behind: placements begin with a reading.
  const views = new ClusterViews();
  const pinned = { ...context, views, store: pinnedStore(context.store, now, outdated) };
  const response = await carryOut(exact, cluster, {
    call: async (name, request) => {
      await authorizeOperation(context, name, request);
      return commands[name](pinned, request);
    },
    rebalance: async (service) => {
      // To the service it is what an update would be that replaces these tasks.
      await authorizeOperation(context, "UpdateService", { cluster, service });
      return rebalanceService(pinned, { cluster, service });
    },
  });
  return { planId, response };
}

function outdated(difference: readonly string[]): EcsError {
  const named = difference.slice(0, MOVED_NAMED);
  const more = difference.length - named.length;
  const rest = more > 0 ? `, and ${more} more` : "";
  return new EcsError(
    "PlanOutdatedException",
    `What the plan was made from has changed: ${named.join(", ")}${rest}. Plan again.`,
    { moved: named },
  );
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
