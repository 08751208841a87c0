import type { AcsMessage } from "@berth/contracts/agent/messages";
import type { MetricDimensions, MetricName } from "@berth/contracts/metrics";
import type { WakeMessage, WakeTiming } from "@berth/contracts/queue";
import type { Scope } from "@berth/domain/arn";
import type { Store } from "@berth/store/store";
import type { Settings } from "./settings.ts";

/** What commands and controllers work with. The composition roots make it; nothing here is global. */
export interface ControlPlane {
  readonly store: Store;
  readonly relay: Relay;
  readonly agents: AgentGateway;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly settings: Settings;
  /** Epoch ms. */
  now(): number;
  /** So many random lower-case hex digits, fit for identifiers. */
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
}

/** Counts what happens, for people who look at the whole: nothing depends on it. */
export interface Metrics {
  record(name: MetricName, value: number, dimensions?: MetricDimensions): void;
}

/** One API call, as far as a command needs to know it. */
export interface CommandContext extends ControlPlane {
  readonly requestId: string;
  /** ARN of the caller: `createdBy`, `registeredBy`. */
  readonly principalArn: string;
}
