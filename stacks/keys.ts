import type { Permission } from "./edge.ts";

/** Who may encrypt the secrets of issued access keys, and who may decrypt them (ADR 0012). */
export interface KeyParts {
  readonly kmsKeyArn: $util.Output<string>;
  readonly sealing: Permission;
  readonly opening: Permission;
}

/** What is encrypted is lost with it, so a stage that keeps its table keeps this as well. */
export function keys(): KeyParts {
  const key = new aws.kms.Key(
    "AccessKeysKey",
    {
      description: `Secrets of the access keys of ${$app.name} ${$app.stage}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
    },
    { retainOnDelete: $app.removal !== "remove" },
  );
  new aws.kms.Alias("AccessKeysKeyAlias", {
    name: `alias/${$app.name}-${$app.stage}-access-keys`,
    targetKeyId: key.id,
  });
  return {
    kmsKeyArn: key.arn,
    sealing: { actions: ["kms:Encrypt"], resources: [key.arn] },
    opening: { actions: ["kms:Decrypt"], resources: [key.arn] },
  };
}
