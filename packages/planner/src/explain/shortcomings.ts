import { AUTO_SCALING_GROUP } from "@berth/domain/capacity-provider";
import type { Capacity, Demand } from "@berth/domain/resources";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import { providerFilters } from "../capacity/provider-filter.ts";
import { constraintFilter } from "../placement/constraints.ts";
import type { PlacementRequest } from "../placement/place.ts";
import type { Expression } from "../placement/query/expression.ts";
import { parseExpression } from "../placement/query/parse-expression.ts";
import type { Site } from "../placement/site.ts";
import type { Change } from "./change.ts";

/** No container may have less. Source: ECS API reference, ContainerDefinition `memory`. */
const LEAST_MEMORY_MIB = 6;

/** Prepares for many sites: what would have to be otherwise for a site to take the task, all of it. */
export function createShortcomings(request: PlacementRequest): (site: Site) => readonly Change[] {
  const { demand, group } = request;
  const constraints = request.constraints.map((constraint) => ({
    change: { kind: "constraint", constraint } as const,
    filter: constraintFilter(constraint, group),
  }));
  const providers = providerFilters(request.capacityProviders).map((filter) => ({
    change: membership(request),
    filter,
  }));
  return (site) => [
    ...statusChanges(site),
    ...amountChanges(site.left, demand),
    ...portChanges(demand.tcpPorts, site.left.usedTcpPorts, "tcp"),
    ...portChanges(demand.udpPorts, site.left.usedUdpPorts, "udp"),
    ...attributeChanges(site, request),
    ...[...providers, ...constraints].flatMap(({ change, filter }) =>
      filter.passes(site) ? [] : [change],
    ),
  ];
}

/** An instance becomes a provider's by what it says of itself. */
const membership = ({ capacityProviders: [first] = [] }: PlacementRequest): Change => ({
  kind: "attribute",
  attribute: { name: AUTO_SCALING_GROUP, value: first?.autoScalingGroup ?? "" },
});

function statusChanges({ ledger }: Site): readonly Change[] {
  return [
    ...(ledger.status === "ACTIVE" ? [] : [{ kind: "active" } as const]),
    ...(ledger.agentConnected ? [] : [{ kind: "agentConnected" } as const]),
  ];
}

/** What there is, in place of what is asked for. */
function amountChanges(left: Capacity, demand: Demand): readonly Change[] {
  const amounts = [
    { resource: "MEMORY", asked: demand.memoryMiB, amount: left.memoryMiB },
    { resource: "CPU", asked: demand.cpuUnits, amount: left.cpuUnits },
    ...Object.entries(demand.countable ?? {}).map(([resource, asked]) => ({
      resource,
      asked,
      amount: left.countable?.[resource] ?? 0,
    })),
  ];
  return amounts
    .filter(({ asked, amount }) => asked > amount)
    .map(({ resource, amount }) => ({ kind: "amount", resource, amount }));
}

/** Whether there could be a task that asks for no more. */
export const isPossible = (change: Change): boolean =>
  change.kind !== "amount" ||
  change.amount >= (change.resource === "MEMORY" ? LEAST_MEMORY_MIB : 0);

function portChanges(
  wanted: readonly number[],
  used: readonly number[],
  protocol: "tcp" | "udp",
): readonly Change[] {
  if (wanted.length === 0) return [];
  const taken = new Set(used);
  return [...new Set(wanted)]
    .filter((port) => taken.has(port))
    .map((port) => ({ kind: "hostPort", port, protocol }));
}

function attributeChanges(
  { attributes }: Site,
  { requiresAttributes }: PlacementRequest,
): readonly Change[] {
  return requiresAttributes
    .filter(({ name, value }) => {
      const own = attributes.get(name);
      return own === undefined || (value !== undefined && own !== value);
    })
    .map((attribute) => ({ kind: "attribute", attribute }));
}

/** Attributes that a `memberOf` speaks of: with one of them it may hold. */
export function attributesThatHelp(constraint: PlacementConstraint): readonly Change[] {
  if (constraint.type !== "memberOf") return [];
  const parsed = parseExpression(constraint.expression ?? "");
  return parsed.kind === "expression" ? attributesOf(parsed.expression) : [];
}

function attributesOf(expression: Expression): readonly Change[] {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.operands.flatMap(attributesOf);
    case "in": {
      const { subject, values } = expression;
      if (subject.kind !== "attribute") return [];
      return values.map((value) => ({
        kind: "attribute",
        attribute: { name: subject.name, value },
      }));
    }
    case "exists": {
      const { subject } = expression;
      if (subject.kind !== "attribute") return [];
      return [{ kind: "attribute", attribute: { name: subject.name } }];
    }
    case "not":
    case "matches":
    case "compare":
      return [];
  }
}
