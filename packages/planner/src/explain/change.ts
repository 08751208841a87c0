import type { Attribute } from "@berth/domain/container-instance";
import type { Demand } from "@berth/domain/resources";
import type { PlacementConstraint } from "@berth/domain/task-definition";
import type { Candidate, PlacementRequest } from "../placement/place.ts";

/** One thing that could be otherwise, of the task or of one container instance. */
export type Change =
  /** Of `CPU` (units), `MEMORY` (MiB) or a countable resource. */
  | { readonly kind: "amount"; readonly resource: string; readonly amount: number }
  | { readonly kind: "hostPort"; readonly port: number; readonly protocol: "tcp" | "udp" }
  /** The constraint left out. */
  | { readonly kind: "constraint"; readonly constraint: PlacementConstraint }
  | { readonly kind: "agentConnected" }
  /** The instance ACTIVE again. */
  | { readonly kind: "active" }
  | { readonly kind: "attribute"; readonly attribute: Attribute };

/** A change with which the task would be placed now, and where. */
export interface Counterfactual {
  readonly change: Change;
  /** The instance that would take the task; where the change is one of an instance, the one that is changed. */
  readonly containerInstanceId: string;
}

/** The request as it would be. */
export function changedRequest(request: PlacementRequest, change: Change): PlacementRequest {
  const { demand } = request;
  switch (change.kind) {
    case "amount":
      return { ...request, demand: withAmount(demand, change.resource, change.amount) };
    case "hostPort": {
      const ports = change.protocol === "tcp" ? "tcpPorts" : "udpPorts";
      const others = demand[ports].filter((port) => port !== change.port);
      return { ...request, demand: { ...demand, [ports]: others } };
    }
    case "constraint": {
      const constraints = request.constraints.filter((each) => each !== change.constraint);
      return { ...request, constraints };
    }
    case "agentConnected":
    case "active":
    case "attribute":
      return request;
  }
}

/** The instance as it would be. */
export function changedCandidate(candidate: Candidate, change: Change): Candidate {
  const { instance, ledger } = candidate;
  switch (change.kind) {
    case "agentConnected":
      return { instance, ledger: { ...ledger, agentConnected: true } };
    case "active":
      return { instance, ledger: { ...ledger, status: "ACTIVE" } };
    case "attribute": {
      const others = instance.attributes.filter(({ name }) => name !== change.attribute.name);
      return { instance: { ...instance, attributes: [...others, change.attribute] }, ledger };
    }
    case "amount":
    case "hostPort":
    case "constraint":
      return candidate;
  }
}

/** How much of a resource a task asks for. */
export function amountOf(demand: Demand, resource: string): number {
  if (resource === "CPU") return demand.cpuUnits;
  return resource === "MEMORY" ? demand.memoryMiB : (demand.countable?.[resource] ?? 0);
}

function withAmount(demand: Demand, resource: string, amount: number): Demand {
  if (resource === "CPU") return { ...demand, cpuUnits: amount };
  if (resource === "MEMORY") return { ...demand, memoryMiB: amount };
  return { ...demand, countable: { ...demand.countable, [resource]: amount } };
}

/** In plain words, after "would fit". */
export function describeChange({ change, containerInstanceId }: Counterfactual): string {
  const instance = `container instance ${containerInstanceId}`;
  switch (change.kind) {
    case "amount":
      return `with ${amountText(change)}, on ${instance}`;
    case "hostPort":
      return `without host port ${change.port}/${change.protocol}, on ${instance}`;
    case "constraint":
      return `without constraint ${constraintText(change.constraint)}, on ${instance}`;
    case "agentConnected":
      return `if the agent of ${instance} connected`;
    case "active":
      return `if ${instance} left DRAINING`;
    case "attribute":
      return `if ${instance} had attribute ${attributeText(change.attribute)}`;
  }
}

function amountText({ resource, amount }: Extract<Change, { kind: "amount" }>): string {
  if (resource === "CPU") return `cpu <= ${amount} units`;
  return resource === "MEMORY" ? `memory <= ${amount} MiB` : `${resource} <= ${amount}`;
}

const constraintText = ({ type, expression }: PlacementConstraint): string =>
  type === "memberOf" ? `memberOf(${expression ?? ""})` : type;

const attributeText = ({ name, value }: Attribute): string =>
  value === undefined ? name : `${name}=${value}`;
