/** Why a task that placement chose an instance for is where it is. */
export interface PlacementDecision {
  /** So many ACTIVE instances were there. */
  readonly considered: number;
  /** So many of them could not take the first task of the batch, by the reason of the filter that they failed first. */
  readonly rejected: Readonly<Record<string, number>>;
  /** The strategies that decided, as `spread(attribute:NAME)`, and the score of the chosen instance by each: the lower the better. */
  readonly by: readonly string[];
  readonly scores: readonly number[];
  /** Others had the same scores: the choice among them was drawn. */
  readonly isDrawn: boolean;
}

/**
 * How a task came to its instance: placement chose it, the caller of StartTask named it, or its
 * DAEMON service has one on every instance that suits it.
 */
export type TaskPlacement =
  | ({ readonly kind: "chosen" } & PlacementDecision)
  | { readonly kind: "named" }
  | { readonly kind: "daemon" };
