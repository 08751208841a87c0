import type { Candidate, PlacementRequest } from "../placement/place.ts";
import { planPlacement } from "../placement/place.ts";
import type { Site } from "../placement/site.ts";
import type { Change, Counterfactual } from "./change.ts";
import { amountOf, changedCandidate, changedRequest } from "./change.ts";
import { attributesThatHelp, createShortcomings, isPossible } from "./shortcomings.ts";

export const MAX_COUNTERFACTUALS = 10;

/** So many of a kind that differ in nothing but the instance. */
const MAX_ALIKE = 3;

/** On so many instances it is tried whether an attribute makes a `memberOf` hold. */
const MAX_TRIED = 100;

/**
 * The single changes with which the task would be placed now, the closest first: what it takes less
 * than it asks for, from the smallest renunciation on; then a port, a constraint, an agent, the end
 * of a draining, an attribute. Expects that no site takes the task as it is, and sites in the order
 * of their ids.
 */
export function findCounterfactuals(
  sites: readonly Site[],
  request: PlacementRequest,
): readonly Counterfactual[] {
  const found = new Map<string, Counterfactual>();
  const propose = (site: Site, change: Change) => {
    const key = keyOf(site, change);
    const known = found.get(key);
    if (known && !isMore(change, known.change)) return;
    found.set(key, { change, containerInstanceId: site.instance.id });
  };
  const shortcomingsOf = createShortcomings(request);
  let tried = 0;
  for (const site of sites) {
    const [only, ...others] = shortcomingsOf(site);
    if (!only || others.length > 0 || !isPossible(only)) continue;
    propose(site, only);
    if (only.kind !== "constraint" || tried >= MAX_TRIED) continue;
    tried += 1;
    for (const change of attributesThatHelp(only.constraint)) {
      if (places(site, change, request)) propose(site, change);
    }
  }
  const byId = new Map(sites.map((site) => [site.instance.id, site]));
  return keepFew(toSorted([...found.values()], request)).filter(
    ({ change, containerInstanceId }) => {
      const site = byId.get(containerInstanceId);
      return site !== undefined && places(site, change, request);
    },
  );
}

/** Whether the task would be placed: asked of placement itself, on that one instance. */
function places(candidate: Candidate, change: Change, request: PlacementRequest): boolean {
  const { instance, ledger } = candidate;
  const plan = planPlacement(
    [changedCandidate({ instance, ledger }, change)],
    changedRequest(request, change),
  );
  return plan.placed.length > 0;
}

/** Of those with one key only the best, or the first, is kept. */
function keyOf({ instance }: Site, change: Change): string {
  switch (change.kind) {
    case "amount":
      return `${change.kind} ${change.resource}`;
    case "hostPort":
      return `${change.kind} ${change.port}/${change.protocol}`;
    case "constraint":
      return `${change.kind} ${JSON.stringify(change.constraint)}`;
    case "attribute":
      return `${change.kind} ${JSON.stringify(change.attribute)}`;
    case "agentConnected":
    case "active":
      return `${change.kind} ${instance.id}`;
  }
}

const isMore = (change: Change, than: Change): boolean =>
  change.kind === "amount" && than.kind === "amount" && change.amount > than.amount;

const RANK: Readonly<Record<Change["kind"], number>> = {
  amount: 0,
  hostPort: 1,
  constraint: 2,
  agentConnected: 3,
  active: 4,
  attribute: 5,
};

function toSorted(
  found: readonly Counterfactual[],
  request: PlacementRequest,
): readonly Counterfactual[] {
  return found.toSorted(
    (a, b) =>
      RANK[a.change.kind] - RANK[b.change.kind] ||
      renunciation(a.change, request) - renunciation(b.change, request) ||
      compare(a.containerInstanceId, b.containerInstanceId) ||
      compare(JSON.stringify(a.change), JSON.stringify(b.change)),
  );
}

/** Which share of what it asks for the task would go without. */
function renunciation(change: Change, { demand }: PlacementRequest): number {
  return change.kind === "amount" ? 1 - change.amount / amountOf(demand, change.resource) : 0;
}

function keepFew(sorted: readonly Counterfactual[]): readonly Counterfactual[] {
  const counts = new Map<string, number>();
  return sorted
    .filter(({ change: { kind } }) => {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return count <= MAX_ALIKE;
    })
    .slice(0, MAX_COUNTERFACTUALS);
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
