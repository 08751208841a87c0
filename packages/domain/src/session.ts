/** An agent's command connection, as the control plane knows it. All times are epoch ms. */
export interface AgentSession {
  readonly cluster: string;
  readonly containerInstanceId: string;
  /** The ACS connection; absent while the agent is away. */
  readonly connectionId?: string;
  readonly connectedAt?: number;
  /** The connection that manifest and outstanding payloads were sent to. */
  readonly greetedConnectionId?: string;
  /** The agent must show a sign of life before then. */
  readonly leaseUntil?: number;
  readonly nextHeartbeatAt?: number;
  /** When the ledger was last compared with the tasks it names. */
  readonly auditedAt?: number;
  /** When the keys of its tasks' roles are to be sent anew. Absent: the agent has none. */
  readonly renewRolesAt?: number;
  /** Set while away; `instanceLostAfterMs` later its tasks are replaced. */
  readonly disconnectedAt?: number;
  /** Set once that has happened. */
  readonly lostAt?: number;
}

/** Which instance a WebSocket belongs to. */
export interface AgentConnection {
  readonly connectionId: string;
  readonly kind: "acs" | "tcs";
  readonly cluster: string;
  readonly containerInstanceId: string;
  readonly connectedAt: number;
  /** The issued key that its handshake was signed with: once that is revoked, it is heard no more. */
  readonly accessKeyId?: string;
}
