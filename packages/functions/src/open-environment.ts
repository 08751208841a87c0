import { stsEndpoint } from "@berth/contracts/rest/join";
import type { JoinRules } from "@berth/control-plane/access/join-instance";
import { z } from "zod";
import { parseVariables } from "./environment.ts";
import type { Variables } from "./environment.ts";

/* What only the functions are told that strangers can call. */

/** A key that the installation was set up with: an administrator's. */
export interface EnvironmentAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principalArn: string;
}

const text = z.string().min(1);
const accessKeys = z.array(
  z.object({ accessKeyId: text, secretAccessKey: text, principalArn: text }),
);

/** @throws Error that repeats nothing of it */
export function readAccessKeys(env: Variables): readonly EnvironmentAccessKey[] {
  try {
    return accessKeys.parse(JSON.parse(env["BERTH_ACCESS_KEYS"] ?? ""));
  } catch {
    // The parser's own message would repeat the secrets.
    throw new Error("The environment cannot be used. BERTH_ACCESS_KEYS: not a list of access keys");
  }
}

const kmsVariables = z.object({ BERTH_KMS_KEY_ID: text });

/** The key of KMS that encrypts the secrets of issued keys. */
export function readKmsKeyId(env: Variables): string {
  return parseVariables(kmsVariables, env).BERTH_KMS_KEY_ID;
}

const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/.+$/;

/** Several with commas between them; none and nothing: no instance may join. */
const roleArns = z
  .string()
  .default("")
  .transform((list) => list.split(",").filter((each) => each !== ""))
  .pipe(z.array(z.string().regex(ROLE_ARN, "must be ARNs of IAM roles with commas between them")));

const joinVariables = z.object({
  AWS_REGION: text,
  AWS_ENDPOINT_URL_STS: z.url().optional(),
  BERTH_INSTALLATION: text,
  BERTH_INSTANCE_ROLES: roleArns,
});

/** Whose instances may join, for the function that lets them. */
export function readJoinRules(env: Variables): JoinRules {
  const given = parseVariables(joinVariables, env);
  return {
    installation: given.BERTH_INSTALLATION,
    stsEndpoint: given.AWS_ENDPOINT_URL_STS ?? stsEndpoint(given.AWS_REGION),
    instanceRoles: given.BERTH_INSTANCE_ROLES,
  };
}
