import type { GivenContainer, Registration } from "./registration.ts";
import { networkModeOf } from "./registration.ts";

/** What is wrong between containers: start order, links, shared volumes. */
export function* dependencyFaults(registration: Registration): Generator<string> {
  const containers = registration.containerDefinitions ?? [];
  const byName = new Map(containers.map((container) => [container.name, container]));
  for (const container of containers) {
    yield* dependsOnFaults(container, byName);
    yield* volumesFromFaults(container, byName);
    yield* linkFaults(container, byName, networkModeOf(registration));
  }
  const looping = containers.find(({ name }) => isReachableFromItself(name, byName));
  if (looping) yield `The dependencies of container '${looping.name}' form a cycle`;
}

type ByName = ReadonlyMap<string | undefined, GivenContainer>;

function* dependsOnFaults({ dependsOn = [] }: GivenContainer, byName: ByName): Generator<string> {
  for (const { containerName, condition } of dependsOn) {
    const dependency = byName.get(containerName);
    if (!dependency) {
      yield `Cannot depend on container ${containerName} because it does not exist`;
      continue;
    }
    const mustEnd = condition === "SUCCESS" || condition === "COMPLETE";
    if (mustEnd && dependency.essential !== false) {
      yield "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container";
    }
    if (condition === "HEALTHY" && !dependency.healthCheck) {
      yield "A dependency container with HEALTHY condition must have health check configured";
    }
  }
}

function* volumesFromFaults(
  { name, volumesFrom = [] }: GivenContainer,
  byName: ByName,
): Generator<string> {
  for (const { sourceContainer } of volumesFrom) {
    if (!byName.has(sourceContainer) || sourceContainer === name) {
      yield `Invalid 'volumesFrom' setting. Unknown container: '${sourceContainer}'`;
    }
  }
}

function* linkFaults(
  { name, links = [] }: GivenContainer,
  byName: ByName,
  networkMode: string,
): Generator<string> {
  if (links.length > 0 && networkMode !== "bridge") {
    yield `Links are not supported when networkMode=${networkMode}.`;
  }
  for (const link of links) {
    const [target, alias, ...rest] = link.split(":");
    if (!target || alias === "" || rest.length > 0)
      yield `Invalid 'links' setting. Malformed link: '${link}'`;
    else if (!byName.has(target) || target === name) {
      yield `Invalid 'links' setting. Unknown container: '${target}'`;
    }
  }
}

/** Everything that must be started before a container is. */
const predecessors = (container: GivenContainer | undefined): (string | undefined)[] => [
  ...(container?.dependsOn ?? []).map(({ containerName }) => containerName),
  ...(container?.volumesFrom ?? []).map(({ sourceContainer }) => sourceContainer),
  ...(container?.links ?? []).map((link) => link.split(":")[0]),
];

function isReachableFromItself(start: string | undefined, byName: ByName): boolean {
  const seen = new Set<string | undefined>();
  const open = predecessors(byName.get(start));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === start) return true;
    if (!seen.has(next)) open.push(...predecessors(byName.get(next)));
    seen.add(next);
  }
  return false;
}
