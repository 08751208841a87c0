/** A container instance as a DAEMON service sees it. */
export interface DaemonInstance {
  readonly id: string;
  readonly status: "ACTIVE" | "DRAINING";
  readonly agentConnected: boolean;
  /** It has what tasks of the service require, and meets their constraints. */
  readonly isSuitable: boolean;
  /** Tasks of other services on it that a drain moves away first; only known of DRAINING ones. */
  readonly replicaCount: number;
}
