import { EcsError } from "@berth/domain/errors";

/** Groups of services belong to the service scheduler. */
const OWN_GROUP = /^(family:)?[a-zA-Z0-9\-_]+$/;
const STARTED_BY = /^[a-zA-Z0-9\-/_]*$/;
const PRINTABLE = /^[\x21-\x7e]*$/;
const MAX_GROUP_LENGTH = 255;
const MAX_REFERENCE_LENGTH = 1024;

/**
 * The group of a task that no service starts: that of its family where none is given.
 *
 * @throws EcsError InvalidParameterException
 */
export function validGroup(given: string | undefined, family: string): string {
  if (!given) return `family:${family}`;
  if (given.length > MAX_GROUP_LENGTH) throw invalid(`group longer than ${MAX_GROUP_LENGTH}.`);
  if (!OWN_GROUP.test(given)) throw invalid("Invalid namespace for group.");
  return given;
}

/** @throws EcsError InvalidParameterException */
export function checkStartedBy(given: string | undefined, maxLength: number): void {
  checkText("startedBy", given ?? "", { maxLength, allowed: STARTED_BY });
}

/** @throws EcsError InvalidParameterException */
export function checkClientToken(given: string | undefined, maxLength: number): void {
  checkText("clientToken", given ?? "", { maxLength, allowed: PRINTABLE });
}

/** @throws EcsError InvalidParameterException */
export function checkReferenceId(given: string | undefined): void {
  checkText("referenceId", given ?? "", { maxLength: MAX_REFERENCE_LENGTH, allowed: /^/ });
}

function checkText(
  member: string,
  text: string,
  { maxLength, allowed }: { readonly maxLength: number; readonly allowed: RegExp },
): void {
  if (text.length > maxLength) throw invalid(`${member} longer than ${maxLength}.`);
  if (!allowed.test(text)) throw invalid(`${member} contains invalid characters.`);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
