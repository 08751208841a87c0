import type { AgentGrant, Grant } from "./access-key.ts";

/** A bearer token for `/v1`. Who shows it has its secret; Berth keeps a hash of that. Times are epoch ms. */
export interface ApiToken {
  /** Sixteen hex digits. */
  readonly id: string;
  /** Whose it is: a name, as access keys have. */
  readonly principal: string;
  readonly grant: Exclude<Grant, AgentGrant>;
  readonly createdAt: number;
  /** ARN. */
  readonly createdBy: string;
  readonly validUntil: number;
  /** SHA-256 in hex. The secret is random and long: there is nothing to guess, and no salt needed. */
  readonly secretHash: string;
}
