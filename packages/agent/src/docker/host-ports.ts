import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { PayloadContainer, PayloadPort } from "@berth/contracts/agent/messages";
import { ContainerError } from "../engine.ts";
import { portsOf } from "../port-range.ts";

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface HostPortSettings {
  /** What host ports are bound to. */
  readonly hostAddress: string;
  /** Absent: the engine picks among the kernel's, and the agent where the engine cannot. */
  readonly dynamicPorts?: PortRange;
}

const KERNEL_RANGE_FILE = "/proc/sys/net/ipv4/ip_local_port_range";
/** A container is started by then, or has to be created anew. */
const HELD_MS = 60_000;
const USUAL_RANGE: PortRange = { first: 49_153, last: 65_535 };

/** Picks host ports where the engine cannot: several that adjoin, some that stay, or those of a range. */
export class HostPorts {
  readonly #settings: HostPortSettings;
  /** Ports that were given away, which the engine binds later: until when they count as taken, by a clock that nobody sets. */
  readonly #given = new Map<number, number>();
  #next: number | undefined;

  constructor(settings: HostPortSettings) {
    this.#settings = settings;
  }

  /**
   * The container with all its ports one by one. Ports of a container that may be started again are
   * picked here too, since the engine picks others at each start and nobody would be told.
   *
   * @throws ContainerError where there are none left
   */
  async assign(container: PayloadContainer): Promise<PayloadContainer> {
    const staysPut = container.restartPolicy?.enabled || this.#settings.dynamicPorts;
    const portMappings: PayloadPort[] = [];
    for (const port of container.portMappings ?? []) {
      const isPicked = port.containerPortRange !== undefined || (staysPut && !port.hostPort);
      portMappings.push(...(isPicked ? await this.#pick(port) : [port]));
    }
    return { ...container, portMappings };
  }

  async #pick(port: PayloadPort): Promise<readonly PayloadPort[]> {
    const containerPorts = portsOf(port);
    const first = await this.#firstFree(containerPorts.length, port.protocol ?? "tcp");
    return containerPorts.map((containerPort, index) => ({
      containerPort,
      hostPort: first + index,
      protocol: port.protocol,
    }));
  }

  /** Goes on where it ended before, so that a port that just came free rests for a while. */
  async #firstFree(count: number, protocol: "tcp" | "udp"): Promise<number> {
    const { first, last } = this.#settings.dynamicPorts ?? (await kernelRange());
    const size = last - first + 1;
    let candidate = this.#next ?? first + Math.floor(Math.random() * size);
    let tried = 0;
    while (tried < size) {
      const isPast = candidate + count - 1 > last;
      const taken = isPast ? last : await this.#lastTaken(candidate, count, protocol);
      if (taken === undefined) {
        this.#give(candidate, count);
        return candidate;
      }
      tried += taken + 1 - candidate;
      candidate = isPast ? first : taken + 1;
    }
    throw new ContainerError(
      `CannotCreateContainerError: no ${count} adjoining ${protocol} ports are free from ${first} to ${last}`,
    );
  }

  #give(first: number, count: number): void {
    this.#next = first + count;
    const until = performance.now() + HELD_MS;
    for (let port = first; port < first + count; port += 1) this.#given.set(port, until);
  }

  async #lastTaken(first: number, count: number, protocol: "tcp" | "udp") {
    for (let port = first + count - 1; port >= first; port -= 1) {
      const isGiven = (this.#given.get(port) ?? 0) > performance.now();
      if (isGiven || !(await isFree(port, this.#settings.hostAddress, protocol))) return port;
    }
    return undefined;
  }
}

async function kernelRange(): Promise<PortRange> {
  const text = await readFile(KERNEL_RANGE_FILE, "utf8").catch(() => "");
  const [first, last] = text.trim().split(/\s+/).map(Number);
  return first && last ? { first, last } : USUAL_RANGE;
}

async function isFree(port: number, address: string, protocol: "tcp" | "udp"): Promise<boolean> {
  if (protocol === "udp") {
    const socket = createSocket("udp4");
    return bound(socket, () => socket.bind({ port, address, exclusive: true }));
  }
  const server = createServer();
  return bound(server, () => server.listen({ port, host: address, exclusive: true }));
}

interface Bindable extends NodeJS.EventEmitter {
  close(): unknown;
}

async function bound(socket: Bindable, bind: () => void): Promise<boolean> {
  const listening = once(socket, "listening").then(
    () => true,
    () => false,
  );
  bind();
  const isBound = await listening;
  if (isBound) {
    socket.close();
    await once(socket, "close");
  }
  return isBound;
}
