import type { Credentials, STSClient } from "@aws-sdk/client-sts";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";

/** The control plane's `RoleKeys`, which this package must not import. */
export interface StsRoleKeys {
  assume(role: {
    readonly roleArn: string;
    readonly sessionName: string;
    readonly durationMs: number;
  }): Promise<
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string;
        readonly expiresAt: number;
      }
    | "refused"
    | "unknown"
  >;
}

export interface RoleKeyParts {
  readonly client: STSClient;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onFailure: (roleArn: string, error: unknown) => void;
}

/** What STS gives at most to who has a role himself. Source: STS API reference, AssumeRole. */
const MAX_SECONDS = 3_600;

/** The role is not there, does not trust us, is beyond our own rights, or is none. */
const REFUSALS: ReadonlySet<string> = new Set(["AccessDenied", "ValidationError"]);

/** Asks STS for temporary keys of roles. Never fails: one role that cannot be taken keeps no other task. */
export function createRoleKeys({ client, now, onFailure }: RoleKeyParts): StsRoleKeys {
  return {
    async assume({ roleArn, sessionName, durationMs }) {
      try {
        const { Credentials } = await client.send(
          new AssumeRoleCommand({
            RoleArn: roleArn,
            RoleSessionName: sessionName,
            DurationSeconds: Math.min(MAX_SECONDS, Math.round(durationMs / 1_000)),
          }),
        );
        return keysOf(Credentials, now());
      } catch (error) {
        onFailure(roleArn, error);
        return error instanceof Error && REFUSALS.has(error.name) ? "refused" : "unknown";
      }
    },
  };
}

/** The model has all of them optional; STS gives all of them. */
const keysOf = (
  {
    AccessKeyId = "",
    SecretAccessKey = "",
    SessionToken = "",
    Expiration,
  }: Partial<Credentials> = {},
  now: number,
) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
  expiresAt: Expiration?.getTime() ?? now,
});
