/** What tasks are told of their containers, beyond what the agent itself needs to know. */
export interface ContainerInspector {
  inspect(dockerId: string): Promise<InspectedContainer>;
  /** The engine's own statistics. */
  stats(dockerId: string): Promise<object>;
  /** The network that containers are on unless they ask for another; undefined where there is none. */
  bridge(): Promise<Bridge | undefined>;
}

/** A container as the engine has it. */
export interface InspectedContainer {
  readonly name: string;
  readonly imageId: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly logDriver?: string;
  readonly logOptions?: object;
  readonly mounts: readonly InspectedMount[];
  /** As ECS names it, such as `bridge`. */
  readonly networkMode: string;
  readonly ipv4Addresses: readonly string[];
}

export interface InspectedMount {
  /** Of a volume that the engine keeps. */
  readonly name?: string;
  readonly source: string;
  readonly destination: string;
}

/** The engine's default network, seen from this machine. */
export interface Bridge {
  /** The machine's own address on it. */
  readonly gateway: string;
  /** In CIDR notation. */
  readonly subnet: string;
}
