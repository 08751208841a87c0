import type { AgentGateway, LifecycleActions, Relay } from "@berth/control-plane/context";
import type { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import type { Table } from "@berth/store/table";

/** What a process of the control plane works with. */
export interface ProcessParts {
  readonly table: Table;
  readonly relay: Relay;
  readonly agents: AgentGateway;
  /** What the process knows from earlier requests. */
  readonly views: ClusterViews;
  readonly lifecycleActions: LifecycleActions;
}

/** How a world treats those who live in it: what takes how long, and what goes wrong. */
export interface Disturbances {
  /** For a process that takes up a request or message: what it works with, from its point of view. */
  beginProcess(parts: ProcessParts): ProcessParts;
  /** The error says that its process died, which is no bug: whoever called tries again. */
  isDeath(error: unknown): boolean;
  /** Milliseconds that a message takes through its queue. */
  messageMs(): number;
  /** Equal messages that are on their way together arrive as one: whoever reads after both knows both. */
  readonly mergesMessages: boolean;
  /** When the copies of a message arrive that should do so after `delayMs`: none where it is lost. */
  deliveries(delayMs: number): readonly number[];
  /** Milliseconds that a frame takes; `lost` where the connection breaks under it. */
  frameMs(): number | "lost";
  /** When a client whose call died tries again. */
  retryMs(): number;
  /** When an agent says again what it was not answered to; undefined where the answer came. */
  repeatMs(): number | undefined;
  /** Whether the control plane hears of a connection that breaks. */
  hearsOfBreak(): boolean;
}

const MESSAGE_MS = 5;
const FRAME_MS = 2;

/** Everything works, every time in the same time. */
export const CALM: Disturbances = {
  beginProcess: (parts) => parts,
  isDeath: () => false,
  messageMs: () => MESSAGE_MS,
  mergesMessages: true,
  deliveries: (delayMs) => [delayMs],
  frameMs: () => FRAME_MS,
  retryMs: () => 0,
  repeatMs: () => undefined,
  hearsOfBreak: () => true,
};
