/** A moment of the records (epoch ms) as the serialiser takes it. */
export function dateOf(epochMs: number): Date;
export function dateOf(epochMs: number | undefined): Date | undefined;
export function dateOf(epochMs: number | undefined): Date | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs);
}
