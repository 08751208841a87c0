import { z } from "zod";

/**
 * Joining with an EC2 identity (ADR 0012): the agent signs a request to STS, "who am I?", and hands
 * it over unsent. Berth sends it and learns from AWS whose it is.
 */
export const JOIN_PATH = "/v1/join";

/**
 * Part of the signature: the installation that may use the signed request. Whoever hands the request
 * on to another one gets nothing there, for each names itself when it asks STS.
 */
export const INSTALLATION_HEADER = "x-berth-installation";

/** The query of the request to STS, besides what a signature adds. */
export const CALLER_IDENTITY_QUERY = {
  Action: "GetCallerIdentity",
  Version: "2011-06-15",
} as const;

/** Session tokens make these URLs long; they stay well below this. */
const MAX_URL_LENGTH = 8_192;

/** Body of `POST /v1/join`. */
export const joinBody = z.strictObject({ url: z.string().max(MAX_URL_LENGTH) });

/** What it answers: a key for the agent's calls, for a time. */
export const joinAnswer = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  expiresAt: z.iso.datetime(),
});
export type JoinAnswer = z.infer<typeof joinAnswer>;

/** Where STS answers for a region, unless the installation says otherwise. */
export const stsEndpoint = (region: string): string => `https://sts.${region}.amazonaws.com`;

/** Who a signature is, by AWS's own word. */
export interface CallerIdentity {
  /** Such as `arn:aws:sts::111122223333:assumed-role/NAME/SESSION`. */
  readonly arn: string;
}

/** As STS answers who accepts JSON. Source: AWS STS API reference, GetCallerIdentity. */
const callerIdentity = z.object({
  GetCallerIdentityResponse: z.object({
    GetCallerIdentityResult: z.object({ Arn: z.string().min(1) }),
  }),
});

/** @throws Error for anything but STS's answer */
export function readCallerIdentity(text: string): CallerIdentity {
  const { GetCallerIdentityResponse: response } = callerIdentity.parse(JSON.parse(text));
  return { arn: response.GetCallerIdentityResult.Arn };
}
