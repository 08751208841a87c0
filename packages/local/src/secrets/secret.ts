import type { Scope } from "@berth/domain/arn";
import { ServiceRefusal } from "../json-service/service-refusal.ts";
import type { SealedFile } from "../json-service/sealed-file.ts";

/** A secret as it is kept: its values are sealed. Times are epoch ms. */
export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly createdAt: number;
  readonly changedAt: number;
  /** The current one and the one before it, the current one first. */
  readonly versions: readonly SecretVersion[];
}

export interface SecretVersion {
  readonly id: string;
  readonly sealedValue: string;
  readonly createdAt: number;
}

/** What operations on secrets work on. */
export interface SecretContext {
  readonly scope: Scope;
  readonly now: () => number;
  readonly newId: () => string;
  readonly secrets: SealedFile<Secret>;
}

/** Of versions, in the order in which they are kept. */
export const STAGES = ["AWSCURRENT", "AWSPREVIOUS"] as const;

/** Six random characters at its end, by which a secret of the same name made later is another one. */
export const secretArn = ({ region, account }: Scope, name: string, suffix: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;

/** What policies are asked about: the secret's ARN, or what it would begin with where there is none. */
export function secretResource({ scope, secrets }: SecretContext, id: string): string {
  const known = lookUp(secrets, id);
  return known?.arn ?? (id.startsWith("arn:") ? id : secretArn(scope, id, "??????"));
}

/** @param id Name or ARN. @throws ServiceRefusal ResourceNotFoundException */
export function findSecret({ secrets }: SecretContext, id: string): Secret {
  const secret = lookUp(secrets, id);
  if (secret) return secret;
  throw new ServiceRefusal(
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret.",
  );
}

const lookUp = (secrets: SealedFile<Secret>, id: string): Secret | undefined =>
  secrets.find(id) ?? secrets.all.find(({ arn }) => arn === id);
