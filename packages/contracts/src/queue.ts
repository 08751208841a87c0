/**
 * What travels through the queues: keys, never state, so that a late, repeated or lost message
 * costs time and nothing else.
 */
export type WakeMessage =
  | { readonly kind: "service"; readonly cluster: string; readonly service: string }
  | {
      readonly kind: "placement";
      readonly cluster: string;
      /** An instance takes tasks that did not before: services at rest may even out onto it. */
      readonly joined?: true;
    }
  | { readonly kind: "queuedRun"; readonly cluster: string; readonly id: string }
  /** One that is being deleted. */
  | { readonly kind: "taskDefinition"; readonly family: string; readonly revision: number }
  | {
      readonly kind: "dispatch";
      readonly cluster: string;
      readonly containerInstanceId: string;
      /** Tasks that have something to be told to the agent. */
      readonly taskIds: readonly string[];
    };

/** When a wake-up should arrive. */
export type WakeTiming =
  | { readonly kind: "now" }
  /**
   * Once for all that ask within the same second, after that second has passed: for reports that
   * come in crowds. Nothing is lost, because the message arrives after the last of them.
   */
  | { readonly kind: "coalesced" }
  /** Not before so many seconds, 1 to 900. */
  | { readonly kind: "after"; readonly seconds: number };

/** Message group: what must be serial. */
export function wakeGroup(message: WakeMessage): string {
  switch (message.kind) {
    case "service":
      return `${message.cluster}/${message.service}`;
    case "placement":
      return message.cluster;
    case "queuedRun":
      return `${message.cluster}/${message.id}`;
    case "taskDefinition":
      return `${message.family}:${message.revision}`;
    case "dispatch":
      return message.containerInstanceId;
  }
}

/** The queue of the controller that a message is for: queued runs and deletions are placement's. */
export const wakeQueue = ({ kind }: WakeMessage): "service" | "placement" | "dispatch" =>
  kind === "queuedRun" || kind === "taskDefinition" ? "placement" : kind;
