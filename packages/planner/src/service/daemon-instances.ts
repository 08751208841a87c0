import type { Attribute } from "@berth/domain/container-instance";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { Candidate } from "../placement/place.ts";
import { matches } from "../placement/query/matches.ts";
import { parseExpression } from "../placement/query/parse-expression.ts";

/** A container instance as a DAEMON service sees it. */
export interface DaemonInstance {
  readonly id: string;
  readonly status: "ACTIVE" | "DRAINING";
  readonly agentConnected: boolean;
  /** It has what tasks of the service require, and meets their constraints. */
  readonly isSuitable: boolean;
  /** Tasks of other services on it that a drain moves away first; only known of DRAINING ones. */
  readonly replicaCount: number;
}

/** What a task asks of the instance that it is to run on, beside room. */
export interface InstanceRequirements {
  readonly requiresAttributes: readonly Attribute[];
  readonly constraints: readonly PlacementConstraint[];
}

/**
 * Whether an instance is one on which the service wants a task, full as it may be. `distinctInstance`
 * holds by itself: there is one task on each.
 */
export function isSuitable(
  { instance, ledger }: Candidate,
  { requiresAttributes, constraints }: InstanceRequirements,
): boolean {
  const has = ({ name, value }: Attribute): boolean =>
    instance.attributes.some(
      (own) => own.name === name && (value === undefined || own.value === value),
    );
  const taskIds = Object.keys(ledger.reservations);
  return (
    requiresAttributes.every(has) &&
    constraints.every(({ type, expression = "" }) => {
      if (type === "distinctInstance") return true;
      const parsed = parseExpression(expression);
      return (
        parsed.kind === "expression" && matches(parsed.expression, { instance, ledger, taskIds })
      );
    })
  );
}
