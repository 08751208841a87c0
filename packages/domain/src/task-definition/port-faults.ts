import type { GivenPortMapping, Registration } from "./registration.ts";
import { networkModeOf } from "./registration.ts";

const MAX_PORT = 65_535;
const MAX_PORTS_PER_CONTAINER = 100;
/** Source: ECS API reference, PortMapping `name`. */
const PORT_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/;

/** What is wrong with port mappings, one by one and then against each other. */
export function* portFaults(registration: Registration): Generator<string> {
  const networkMode = networkModeOf(registration);
  const containers = registration.containerDefinitions ?? [];
  for (const { portMappings = [] } of containers) {
    for (const port of portMappings) yield* portFault(port, networkMode);
    if (portMappings.length > MAX_PORTS_PER_CONTAINER) {
      yield `portMappings can have at most ${MAX_PORTS_PER_CONTAINER} items.`;
    }
  }
  const ports = containers.flatMap((container) => container.portMappings ?? []);
  if (networkMode === "none" && ports.length > 0) {
    yield "Port mappings are not supported when networkMode=none.";
  }
  if (hasRepeats(ports.map(({ name }) => name))) yield "port mapping name is already used";
  // One network namespace for the whole task: its containers share the ports.
  if (isSharedNetwork(networkMode) && hasRepeats(ports.map(containerEndpoint))) {
    yield "container port is used multiple times in task";
  }
  if (hasRepeats(ports.map(hostEndpoint))) yield "host port is used multiple times in task";
}

function* portFault(port: GivenPortMapping, networkMode: string): Generator<string> {
  const { containerPort, hostPort, containerPortRange, name } = port;
  yield* containerPortRange === undefined
    ? singlePortFaults(containerPort, hostPort)
    : portRangeFaults(port);
  if (isSharedNetwork(networkMode) && (hostPort ?? containerPort) !== containerPort) {
    yield `When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`;
  }
  if (name !== undefined && !PORT_NAME.test(name)) {
    yield "Port mapping name contains invalid characters.";
  }
}

function* singlePortFaults(containerPort = -1, hostPort = 0): Generator<string> {
  if (!isPort(containerPort, 1)) {
    yield `Invalid 'containerPort' setting. Must be between 1 and ${MAX_PORT}.`;
  }
  if (!isPort(hostPort, 0)) {
    yield `Invalid 'hostPort' setting. Must be between 0 and ${MAX_PORT}.`;
  }
}

function* portRangeFaults(port: GivenPortMapping): Generator<string> {
  if (port.containerPort !== undefined || port.hostPort !== undefined) {
    yield "cannot specify both single port and port range";
  }
  if (!isPortRange(port.containerPortRange ?? "")) yield "Invalid 'containerPortRange' setting";
}

const isSharedNetwork = (networkMode: string) => networkMode === "awsvpc" || networkMode === "host";

const isPort = (port: number, min: number) => port >= min && port <= MAX_PORT;

function isPortRange(text: string): boolean {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  return isPort(first, 1) && isPort(last, 1) && first <= last;
}

const containerEndpoint = ({ containerPort, protocol = "tcp" }: GivenPortMapping) =>
  containerPort === undefined ? undefined : `${containerPort}/${protocol}`;

/** Two mappings to one static host port fit on no instance at all. */
const hostEndpoint = ({ hostPort, protocol = "tcp" }: GivenPortMapping) =>
  hostPort ? `${hostPort}/${protocol}` : undefined;

function hasRepeats(values: readonly (string | undefined)[]): boolean {
  const present = values.filter((value) => value !== undefined);
  return new Set(present).size < present.length;
}
