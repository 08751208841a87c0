interface Failure {
  readonly arn: string;
  readonly reason: string;
  readonly detail?: string;
}

/** The `failures` entry for something asked for that is not there. */
export const missing = (arn: string): Failure => ({ arn, reason: "MISSING" });
