import type { PayloadPort } from "@berth/contracts/agent/messages";
import type { NetworkBinding } from "@berth/domain/task";

/** The container's ports of a mapping, one by one. */
export function portsOf({ containerPort, containerPortRange }: PayloadPort): readonly number[] {
  if (containerPortRange === undefined) return containerPort === undefined ? [] : [containerPort];
  const [first = 0, last = first] = containerPortRange.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Bindings as ECS tells them: those of a range as one, whose host ports adjoin. */
export function foldRanges(
  bindings: readonly NetworkBinding[],
  portMappings: readonly PayloadPort[],
): readonly NetworkBinding[] {
  const ranges = portMappings.filter(({ containerPortRange }) => containerPortRange !== undefined);
  const folded = new Set<NetworkBinding>();
  const ofRanges = ranges.flatMap((range) => {
    const ports = new Set(portsOf(range));
    const own = bindings
      .filter(({ protocol }) => protocol === (range.protocol ?? "tcp"))
      .filter(({ containerPort = 0 }) => ports.has(containerPort))
      .toSorted((a, b) => (a.containerPort ?? 0) - (b.containerPort ?? 0));
    for (const binding of own) folded.add(binding);
    return own.length === 0 ? [] : [rangeBinding(own, range)];
  });
  return [...bindings.filter((binding) => !folded.has(binding)), ...ofRanges];
}

function rangeBinding(
  own: readonly NetworkBinding[],
  { containerPortRange = "", protocol }: PayloadPort,
): NetworkBinding {
  const hostPortRange = `${own[0]?.hostPort}-${own.at(-1)?.hostPort}`;
  const bindIP = own[0]?.bindIP;
  return { ...(bindIP !== undefined && { bindIP }), containerPortRange, hostPortRange, protocol };
}
