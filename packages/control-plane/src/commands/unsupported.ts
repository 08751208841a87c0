import { EcsError, type EcsErrorCode } from "@berth/domain/errors";

/**
 * For what ECS has and Berth does not have yet: refused, because taking it and doing nothing about
 * it would be worse.
 *
 * @param feature Such as `load balancers`.
 * @param code For operations whose model lacks the usual one.
 */
export const unsupported = (
  feature: string,
  code: EcsErrorCode = "UnsupportedFeatureException",
): EcsError => new EcsError(code, `Berth does not have this yet: ${feature}.`);

/** @throws EcsError UnsupportedFeatureException, at the first feature of these that is asked for */
export function refuseUnsupported(asked: Readonly<Record<string, unknown>>): void {
  for (const [feature, value] of Object.entries(asked)) {
    if (isAskedFor(value)) throw unsupported(feature);
  }
}

/** Clients send empty lists and `false` for what they do not want. */
function isAskedFor(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}
