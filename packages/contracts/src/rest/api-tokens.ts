import { z } from "zod";
import { policy, principal } from "./access-keys.ts";

const common = { principal, expiresAt: z.iso.datetime().optional() };

/** Body of `POST /v1/tokens`. */
export const createApiTokenBody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("administrator"), ...common }),
  z.strictObject({ kind: z.literal("policy"), ...common, policy }),
]);
export type CreateApiTokenBody = z.infer<typeof createApiTokenBody>;

/** A token as it is shown: all but its secret. Times are ISO 8601. */
export interface ApiTokenDescription {
  readonly tokenId: string;
  readonly principal: string;
  readonly kind: CreateApiTokenBody["kind"];
  readonly policy?: unknown;
  readonly createdAt: string;
  /** ARN. */
  readonly createdBy: string;
  readonly expiresAt: string;
}

/** What the creation answers, and nothing ever again. */
export interface CreatedApiToken extends ApiTokenDescription {
  /** For `Authorization: Bearer …`. */
  readonly token: string;
}

/** What `GET /v1/tokens` answers. */
export interface ApiTokenPage {
  readonly tokens: readonly ApiTokenDescription[];
  /** For the next page: `?cursor=…`. */
  readonly next?: string;
}
