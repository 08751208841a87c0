import { z } from "zod";

/** Names as IAM has them for users. Source: IAM API reference, CreateUser. */
export const principal = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, "must be 1 to 64 of letters, digits and +=,.@_-");
const expiresAt = z.iso.datetime().optional();
/** Its elements are checked by what evaluates it. */
export const policy = z.record(z.string(), z.unknown());
const status = z.enum(["Active", "Inactive"]);

/** Body of `POST /v1/access-keys`. */
export const createAccessKeyBody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("administrator"), principal, expiresAt }),
  z.strictObject({ kind: z.literal("policy"), principal, expiresAt, policy }),
  z.strictObject({ kind: z.literal("agent"), principal, expiresAt }),
]);
export type CreateAccessKeyBody = z.infer<typeof createAccessKeyBody>;

/** Body of `PATCH /v1/access-keys/{id}`: what is left out stays. */
export const updateAccessKeyBody = z
  .strictObject({ status: status.optional(), policy: policy.optional() })
  .refine((body) => Object.keys(body).length > 0, "must hold status or policy");
export type UpdateAccessKeyBody = z.infer<typeof updateAccessKeyBody>;

/** A key as it is shown: all but its secret. Times are ISO 8601. */
export interface AccessKeyDescription {
  readonly accessKeyId: string;
  readonly principal: string;
  readonly kind: CreateAccessKeyBody["kind"];
  readonly policy?: unknown;
  /** The machine that it was issued to, where an instance joined with its EC2 identity. */
  readonly ec2InstanceId?: string;
  readonly status: z.infer<typeof status>;
  readonly createdAt: string;
  /** ARN. */
  readonly createdBy: string;
  readonly expiresAt?: string;
}

/** What the creation answers, and nothing ever again. */
export interface CreatedAccessKey extends AccessKeyDescription {
  readonly secretAccessKey: string;
}

/** What `GET /v1/access-keys` answers. */
export interface AccessKeyPage {
  readonly accessKeys: readonly AccessKeyDescription[];
  /** For the next page: `?cursor=…`. */
  readonly next?: string;
}
