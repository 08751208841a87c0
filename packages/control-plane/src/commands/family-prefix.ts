import { EcsError } from "@berth/domain/errors";

/** That of a family. */
const MAX_LENGTH = 255;

/**
 * The families that a list is about, or what their names begin with. What no family has is no
 * mistake, unless it is longer than any.
 *
 * @throws EcsError InvalidParameterException
 */
export function validFamilyPrefix(given: string | undefined): string | undefined {
  if (given === undefined || given.length <= MAX_LENGTH) return given;
  throw new EcsError(
    "InvalidParameterException",
    `familyPrefix must have at most ${MAX_LENGTH} characters.`,
  );
}
