import type {
  AccessKeyDescription,
  AccessKeyPage,
  CreateAccessKeyBody,
  CreatedAccessKey,
  UpdateAccessKeyBody,
} from "@berth/contracts/rest/access-keys";
import type { AccessKey, Grant } from "@berth/domain/access/access-key";
import { readPolicyDocument } from "@berth/domain/access/policy-document";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { PageRequest, Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { accessKeyIdOf, ID_HEX_DIGITS, newSecret } from "./new-secret.ts";
import type { SecretSealer } from "./secret-box.ts";

const MAX_TRIES = 5;

/**
 * Issues a key that lasts. This answer is the only one that holds its secret.
 *
 * @throws EcsError InvalidParameterException
 */
export async function createAccessKey(
  context: CommandContext,
  sealer: SecretSealer,
  body: CreateAccessKeyBody,
): Promise<CreatedAccessKey> {
  const grant = grantOf(body);
  const validUntil = futureTime(context, body.expiresAt);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const id = accessKeyIdOf("AKIA", context.randomHex(ID_HEX_DIGITS));
    const { secretAccessKey, sealedSecret } = await newSecret(context, sealer, id);
    const accessKey: AccessKey = {
      id,
      principal: body.principal,
      grant,
      status: "Active",
      createdAt: context.now(),
      createdBy: context.principalArn,
      ...defined({ validUntil }),
      sealedSecret,
    };
    if ((await context.store.accessKeys.create(accessKey)) === "ok") {
      return { ...describe(accessKey), secretAccessKey };
    }
  }
  throw new Error("No access key id is free: is the random source broken?");
}

/** Keys that last, or those that instances got for a time when they joined. */
export async function listAccessKeys(
  { store }: CommandContext,
  filter: { readonly temporary: boolean },
  page: PageRequest,
): Promise<AccessKeyPage> {
  const { items, next } = await store.accessKeys.page(filter, page);
  return { accessKeys: items.map(describe), ...defined({ next }) };
}

/** @throws EcsError ResourceNotFoundException */
export async function getAccessKey(
  { store }: CommandContext,
  id: string,
): Promise<AccessKeyDescription> {
  const accessKey = await store.accessKeys.find(id);
  if (!accessKey) throw notFound(id);
  return describe(accessKey);
}

/**
 * Switches a key off or on, or gives it another policy. Processes that know the key hear of it within
 * a minute.
 *
 * @throws EcsError InvalidParameterException, ResourceNotFoundException
 */
export async function updateAccessKey(
  { store }: CommandContext,
  id: string,
  { status, policy }: UpdateAccessKeyBody,
): Promise<AccessKeyDescription> {
  const outcome = await persist<AccessKey>(
    () => store.accessKeys.find(id),
    (accessKey) => ({
      ...accessKey,
      ...defined({ status, grant: policy && otherPolicy(accessKey, policy) }),
    }),
    (accessKey) => store.accessKeys.replace(accessKey),
  );
  if (!outcome) throw notFound(id);
  return describe(outcome.item);
}

/** @throws EcsError ResourceNotFoundException */
export async function deleteAccessKey({ store }: CommandContext, id: string): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const accessKey = await store.accessKeys.find(id);
    if (!accessKey) throw notFound(id);
    if ((await store.accessKeys.delete(accessKey)) === "ok") return;
  }
  throw new Error("An access key could not be deleted: too many writers");
}

function grantOf(body: CreateAccessKeyBody): Grant {
  return body.kind === "policy"
    ? { kind: "policy", document: checkedPolicy(body.policy) }
    : { kind: body.kind };
}

function otherPolicy({ id, grant }: Stored<AccessKey>, policy: object): Grant {
  if (grant.kind === "policy") return { kind: "policy", document: checkedPolicy(policy) };
  throw invalid(`policy: the access key ${id} has no policy; it is of kind ${grant.kind}.`);
}

/**
 * @returns the document as text, of which nothing is passed over later
 * @throws EcsError InvalidParameterException
 */
export function checkedPolicy(policy: object): string {
  const reading = readPolicyDocument(policy);
  if (reading.kind === "read") return JSON.stringify(policy);
  throw invalid(`policy: ${reading.faults.join("; ")}.`);
}

/** @throws EcsError InvalidParameterException */
export function futureTime(
  context: Pick<CommandContext, "now">,
  text: string | undefined,
): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (time > context.now()) return time;
  throw invalid("expiresAt: must be in the future.");
}

function describe({
  id,
  principal,
  grant,
  status,
  createdAt,
  createdBy,
  validUntil,
}: AccessKey): AccessKeyDescription {
  return {
    accessKeyId: id,
    principal,
    kind: grant.kind,
    ...(grant.kind === "policy" && { policy: JSON.parse(grant.document) as unknown }),
    ...(grant.kind === "agent" && defined({ ec2InstanceId: grant.ec2InstanceId })),
    status,
    createdAt: isoTime(createdAt),
    createdBy,
    ...(validUntil !== undefined && { expiresAt: isoTime(validUntil) }),
  };
}

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

const notFound = (id: string) =>
  new EcsError("ResourceNotFoundException", `There is no access key ${id}.`);
