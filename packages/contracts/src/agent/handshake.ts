import { defined } from "@berth/domain/defined";

/** What an agent says of itself in the query when it dials. */
export interface HandshakeQuery {
  /** Commands or telemetry: the two dial the same address and name their parameters differently. */
  readonly kind: "acs" | "tcs";
  /** Name or ARN, as the agent's configuration has it. */
  readonly cluster: string;
  readonly containerInstanceArn: string;
  readonly agentVersion?: string;
  readonly agentHash?: string;
  /** Such as `DockerVersion: 20.10.24`. */
  readonly dockerVersion?: string;
  /** Whether its process has only just started, and has no keys of its tasks' roles. */
  readonly sendCredentials?: boolean;
}

/** Reads the query of a handshake, or undefined where it is no agent's. */
export function parseHandshakeQuery(
  query: Readonly<Record<string, string | undefined>>,
): HandshakeQuery | undefined {
  const kind = query.clusterArn === undefined ? "tcs" : "acs";
  const cluster = query.clusterArn ?? query.cluster;
  const containerInstanceArn = query.containerInstanceArn ?? query.containerInstance;
  if (cluster === undefined || containerInstanceArn === undefined) return undefined;
  const { agentVersion, agentHash, dockerVersion } = query;
  const about = defined({ agentVersion, agentHash, dockerVersion });
  const sendCredentials = query.sendCredentials === "true";
  return {
    kind,
    cluster,
    containerInstanceArn,
    ...about,
    ...(sendCredentials && { sendCredentials }),
  };
}
