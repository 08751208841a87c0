import type { AcsMessage } from "@berth/contracts/agent/messages";
import type { MetricDimensions, MetricName } from "@berth/contracts/metrics";
import type { WakeMessage, WakeTiming } from "@berth/contracts/queue";
import type { AlarmLook } from "@berth/domain/alarm";
import type { Permissions } from "@berth/domain/access/access-key";
import type { IssuedCredential } from "@berth/domain/access/issued-credential";
import type { LifecycleAction } from "@berth/domain/container-instance";
import type { Scope } from "@berth/domain/arn";
import type { Store } from "@berth/store/store";
import type { ClusterViews } from "./placement/cluster-view.ts";
import type { Settings } from "./settings.ts";

/** What commands and controllers work with. The composition roots make it; nothing here is global. */
export interface ControlPlane {
  readonly store: Store;
  readonly relay: Relay;
  readonly agents: AgentGateway;
  /** The process's own memory of clusters. */
  readonly views: ClusterViews;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly settings: Settings;
  /** Epoch ms. */
  now(): number;
  /** For `seqNum` and `timeline` of the agents' messages: about `now`, and never the same twice. */
  nextNumber(): number;
  /** So many random lower-case hex digits that nobody can guess: fit for identifiers and secrets. */
  randomHex(digits: number): string;
}

/** Sends wake-ups. May lose, repeat, delay and reorder them: whoever needs one has written `due`. */
export interface Relay {
  wake(message: WakeMessage, timing?: WakeTiming): Promise<void>;
}

/** Pushes to a connected agent. */
export interface AgentGateway {
  /** `gone`: the connection does not exist any more. */
  push(connectionId: string, message: AcsMessage): Promise<"sent" | "gone">;
  /** Ends a connection. One that is gone already is as good. */
  close(connectionId: string): Promise<void>;
}

/** Counts what happens, for people who look at the whole: nothing depends on it. */
export interface Metrics {
  record(name: MetricName, value: number, dimensions?: MetricDimensions): void;
}

/** What whoever decides about services works with besides. */
export interface ServiceControlPlane extends ControlPlane {
  readonly alarms: Alarms;
}

/** CloudWatch's alarms. */
export interface Alarms {
  /** Never fails: what cannot be looked at must not keep a service from what it can do. */
  describe(names: readonly string[]): Promise<AlarmLook>;
}

/** What the controller of instances works with besides. */
export interface InstanceControlPlane extends ControlPlane {
  readonly lifecycleActions: LifecycleActions;
  readonly roleKeys: RoleKeys;
}

/** Who gives out temporary keys of roles: STS, or its stand-in on one machine. */
export interface RoleKeys {
  /** Never fails. `refused`: Berth may not take the role, or there is none; `unknown`: not now. */
  assume(role: AssumedRole): Promise<TemporaryKeys | "refused" | "unknown">;
}

export interface AssumedRole {
  readonly roleArn: string;
  /** Whose keys they are, for those who read trails: 2 to 64 characters. */
  readonly sessionName: string;
  /** At most; the giver has bounds of his own. */
  readonly durationMs: number;
}

export interface TemporaryKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** Auto Scaling groups that wait with the end of a machine. Both may be repeated. */
export interface LifecycleActions {
  /** Lets the group go on. One that does not wait any more is as good. */
  complete(ec2InstanceId: string, action: LifecycleAction): Promise<void>;
  /** Has the group wait on. `over`: it does not wait any more. */
  recordHeartbeat(ec2InstanceId: string, action: LifecycleAction): Promise<"waiting" | "over">;
}

/** One API call, as far as a command needs to know it. */
export interface CommandContext extends ControlPlane {
  readonly requestId: string;
  /** ARN of the caller: `createdBy`, `registeredBy`. */
  readonly principalArn: string;
  /** What the caller may do. The edge has asked them about the call itself. */
  readonly permissions: Permissions;
  /** What the caller has shown; absent for the keys that the installation was set up with. */
  readonly credential?: IssuedCredential;
}
