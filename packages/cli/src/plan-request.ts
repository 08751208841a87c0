import type { PlanAssumptions, PlannedChange, PlanRequest } from "@berth/contracts/rest/plan";

/** What a plan may be told of its circumstances, as options of the command line. */
export interface Circumstances extends Partial<PlanAssumptions> {
  readonly cluster?: string;
}

/** The body of `POST /v1/plans` for a change. */
export const planRequest = (change: PlannedChange, given: Circumstances): object =>
  requestOfFile({ change }, given);

/**
 * The body that a file has, with what the command line says in place of what the file says.
 *
 * @throws Error where it is no object; its members are checked by who answers it
 */
export function requestOfFile(file: unknown, given: Circumstances): object {
  if (typeof file !== "object" || file === null || Array.isArray(file)) {
    throw new Error("--file: a request is a JSON object");
  }
  const { assumptions } = file as Partial<PlanRequest>;
  return {
    ...file,
    ...(given.cluster !== undefined && { cluster: given.cluster }),
    assumptions: { ...assumptions, ...assumptionsOf(given) },
  };
}

/** @throws Error where something is said to a plan that is made already */
export function refuseCircumstances(given: Circumstances): void {
  const said = Object.keys({
    ...assumptionsOf(given),
    ...(given.cluster !== undefined && { cluster: given.cluster }),
  });
  if (said.length === 0) return;
  const flags = said.map(
    (name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  throw new Error(`plan apply takes a plan as it was made, without ${flags.join(", ")}`);
}

function assumptionsOf(given: Circumstances): Partial<PlanAssumptions> {
  const { startMs, stopMs, horizonMs, tasksFail, hostNotice } = given;
  return {
    ...(startMs !== undefined && { startMs }),
    ...(stopMs !== undefined && { stopMs }),
    ...(horizonMs !== undefined && { horizonMs }),
    ...(tasksFail !== undefined && { tasksFail }),
    ...(hostNotice !== undefined && { hostNotice }),
  };
}
