import type { ContainerInspectInfo } from "dockerode";

/** What tasks are told of their containers, beyond what the agent itself needs to know. */
export interface ContainerInspector {
  inspect(dockerId: string): Promise<ContainerInspectInfo>;
  /** The engine's own statistics. */
  stats(dockerId: string): Promise<object>;
  /** The network that containers are on unless they ask for another; undefined where there is none. */
  bridge(): Promise<Bridge | undefined>;
}

/** The engine's default network, seen from this machine. */
export interface Bridge {
  /** The machine's own address on it. */
  readonly gateway: string;
  /** In CIDR notation. */
  readonly subnet: string;
}
