import { defined } from "@berth/domain/defined";
import { z } from "zod";
import { type Operation, operation } from "../json-service/operation.ts";
import { ServiceRefusal } from "../json-service/service-refusal.ts";
import {
  findSecret,
  type Secret,
  secretArn,
  type SecretContext,
  secretResource,
  type SecretVersion,
  STAGES,
} from "./secret.ts";

const SUFFIX_LENGTH = 6;

/* Members. Source: Secrets Manager API reference. */
const nameMember = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[\w/+=.@-]+$/);
const idMember = z.string().min(1).max(2_048);
const valueMember = z.string().min(1).max(65_536);
const tokenMember = z.string().min(32).max(64).optional();
const descriptionMember = z.string().max(2_048).optional();

const onSecret = (context: SecretContext, { SecretId }: { readonly SecretId: string }) => [
  secretResource(context, SecretId),
];

const createSecret = operation({
  input: z.object({
    Name: nameMember,
    SecretString: valueMember.optional(),
    Description: descriptionMember,
    ClientRequestToken: tokenMember,
  }),
  resources: (context: SecretContext, { Name }) => [secretResource(context, Name)],
  run: (context, { Name: name, SecretString: value, Description, ClientRequestToken: token }) => {
    const { secrets, scope, now, newId } = context;
    const known = secrets.find(name);
    if (known) return repeated(context, known, { value, token });
    const version = value === undefined ? [] : [newVersion(context, name, { value, token })];
    const at = now();
    const secret: Secret = {
      name,
      arn: secretArn(scope, name, newId().slice(0, SUFFIX_LENGTH)),
      ...defined({ description: Description }),
      createdAt: at,
      changedAt: at,
      versions: version,
    };
    secrets.put(name, secret);
    return named(secret, version[0]);
  },
});

interface GivenValue {
  readonly value: string | undefined;
  readonly token: string | undefined;
}

/** The same call again is answered as the first one was. */
function repeated(context: SecretContext, secret: Secret, given: GivenValue): object {
  const version = secret.versions.find(({ id }) => id === given.token);
  if (version && valueOf(context, secret, version) === given.value) return named(secret, version);
  throw new ServiceRefusal(
    "ResourceExistsException",
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

const putSecretValue = operation({
  input: z.object({
    SecretId: idMember,
    SecretString: valueMember,
    ClientRequestToken: tokenMember,
  }),
  resources: onSecret,
  run: (context: SecretContext, { SecretId, SecretString: value, ClientRequestToken: token }) => {
    const secret = findSecret(context, SecretId);
    const known = secret.versions.find(({ id }) => id === token);
    if (known)
      return { ...repeated(context, secret, { value, token }), VersionStages: [STAGES[0]] };
    const version = newVersion(context, secret.name, { value, token });
    const versions = [version, ...secret.versions].slice(0, STAGES.length);
    context.secrets.put(secret.name, { ...secret, versions, changedAt: context.now() });
    return { ...named(secret, version), VersionStages: [STAGES[0]] };
  },
});

const getSecretValue = operation({
  input: z.object({
    SecretId: idMember,
    VersionId: z.string().min(32).max(64).optional(),
    VersionStage: z.string().min(1).max(256).optional(),
  }),
  resources: onSecret,
  run: (context: SecretContext, { SecretId, VersionId: id, VersionStage: stage }) => {
    const secret = findSecret(context, SecretId);
    const index = secret.versions.findIndex(
      (version, at) =>
        (id === undefined || version.id === id) &&
        (stage ?? (id === undefined ? STAGES[0] : STAGES[at])) === STAGES[at],
    );
    const version = secret.versions[index];
    if (!version) throw noSuchValue(id === undefined ? (stage ?? STAGES[0]) : id);
    return {
      ...named(secret, version),
      SecretString: valueOf(context, secret, version),
      VersionStages: [STAGES[index]],
      CreatedDate: seconds(version.createdAt),
    };
  },
});

const noSuchValue = (which: string) =>
  new ServiceRefusal(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${which}`,
  );

const describeSecret = operation({
  input: z.object({ SecretId: idMember }),
  resources: onSecret,
  run: (context: SecretContext, { SecretId }) => {
    const secret = findSecret(context, SecretId);
    const stages = secret.versions.map(({ id }, at) => [id, [STAGES[at]]]);
    return { ...described(secret), VersionIdsToStages: Object.fromEntries(stages) };
  },
});

const listSecrets = operation({
  input: z.object({}),
  run: ({ secrets }: SecretContext) => ({ SecretList: secrets.all.map(described) }),
});

const deleteSecret = operation({
  input: z.object({ SecretId: idMember, ForceDeleteWithoutRecovery: z.boolean().optional() }),
  resources: onSecret,
  run: (context: SecretContext, { SecretId, ForceDeleteWithoutRecovery: isForced = false }) => {
    const secret = findSecret(context, SecretId);
    if (!isForced) {
      throw new ServiceRefusal(
        "InvalidParameterException",
        "On one machine no deleted secret is kept for recovery: ForceDeleteWithoutRecovery must be true.",
      );
    }
    context.secrets.remove(secret.name);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(context.now()) };
  },
});

function newVersion(
  { secrets, now, newId }: SecretContext,
  name: string,
  { value, token }: GivenValue & { readonly value: string },
): SecretVersion {
  return { id: token ?? newId(), sealedValue: secrets.seal(name, value), createdAt: now() };
}

const valueOf = ({ secrets }: SecretContext, { name }: Secret, version: SecretVersion): string =>
  secrets.open(name, version.sealedValue);

const named = ({ arn, name }: Secret, version: SecretVersion | undefined) =>
  defined({ ARN: arn, Name: name, VersionId: version?.id });

const described = ({ arn, name, description, createdAt, changedAt }: Secret) =>
  defined({
    ARN: arn,
    Name: name,
    Description: description,
    CreatedDate: seconds(createdAt),
    LastChangedDate: seconds(changedAt),
  });

/** As times are in the protocol. */
const seconds = (timeMs: number): number => timeMs / 1_000;

/** All that there are. */
export const SECRET_OPERATIONS: ReadonlyMap<string, Operation<SecretContext>> = new Map([
  ["CreateSecret", createSecret],
  ["PutSecretValue", putSecretValue],
  ["GetSecretValue", getSecretValue],
  ["DescribeSecret", describeSecret],
  ["ListSecrets", listSecrets],
  ["DeleteSecret", deleteSecret],
]);
