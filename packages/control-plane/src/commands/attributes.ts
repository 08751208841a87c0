import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { containerInstanceArn } from "@berth/domain/arn";
import type { Attribute, ContainerInstance } from "@berth/domain/container-instance";
import { EcsError } from "@berth/domain/errors";
import type { Stored } from "@berth/store/store";
import { checkSpeaksFor } from "../access/ownership.ts";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { containerInstanceId } from "./identifiers.ts";
import { wakePlacement } from "./wake-instance.ts";

/** Source: ECS API reference, Attribute. */
const NAME = /^[a-zA-Z0-9_./\\-]{1,128}$/;
const VALUE = /^[a-zA-Z0-9_./\\@:-]([a-zA-Z0-9_./\\@: -]{0,126}[a-zA-Z0-9_./\\@:-])?$/;
const MAX_PER_CALL = 10;

type GivenAttribute = Partial<Readonly<Record<"name" | "value" | "targetId", string | undefined>>>;
type AttributeDescription = NonNullable<EcsResponse<"ListAttributes">["attributes"]>[number];

/** @throws EcsError InvalidParameterException */
export function validAttribute({ name = "", value }: GivenAttribute): Attribute {
  if (!NAME.test(name)) throw invalid(`Attribute name is invalid: ${name}`);
  if (value === undefined || value === "") return { name };
  if (!VALUE.test(value)) throw invalid(`Attribute value is invalid: ${value}`);
  return { name, value };
}

/** Attributes by name; where both have one, the later counts. */
export function mergeAttributes(
  earlier: readonly Attribute[],
  later: readonly Attribute[],
): readonly Attribute[] {
  const byName = new Map([...earlier, ...later].map((attribute) => [attribute.name, attribute]));
  return [...byName.values()];
}

/** What ECS and its agents say of an instance, and Berth's; the others are its user's. */
export const isBuiltIn = ({ name }: Pick<Attribute, "name">): boolean =>
  /^(ecs|com\.amazonaws\.ecs|berth)\./i.test(name);

export const presentAttribute = (
  { scope }: Pick<CommandContext, "scope">,
  { cluster, id }: Pick<ContainerInstance, "cluster" | "id">,
  attribute: Attribute,
): AttributeDescription => ({ ...attribute, targetId: containerInstanceArn(scope, cluster, id) });

/** What a request says of one instance. */
export interface TargetAttributes {
  readonly id: string;
  readonly attributes: readonly Attribute[];
}

/**
 * What a request says of each instance that it names, in its order.
 *
 * @throws EcsError InvalidParameterException
 */
export function attributesByTarget(
  { scope }: Pick<CommandContext, "scope">,
  cluster: string,
  given: readonly GivenAttribute[] = [],
): readonly TargetAttributes[] {
  if (given.length === 0) throw invalid("attributes should not be empty.");
  if (given.length > MAX_PER_CALL) {
    throw invalid(`attributes can have at most ${MAX_PER_CALL} items.`);
  }
  const byTarget = new Map<string, Attribute[]>();
  for (const each of given) {
    const attribute = validAttribute(each);
    if (isBuiltIn(attribute)) {
      throw invalid(
        `Attribute ${attribute.name} is reserved: its prefix is that of a built-in one.`,
      );
    }
    if (!each.targetId) throw invalid("targetId should not be null or empty.");
    const id = containerInstanceId(scope, cluster, each.targetId);
    byTarget.set(id, [...(byTarget.get(id) ?? []), attribute]);
  }
  return [...byTarget].map(([id, attributes]) => ({
    id,
    attributes: mergeAttributes([], attributes),
  }));
}

/** The attributes that an instance is to have, of those that it has and those that the request names. */
export type AttributeChange = (
  own: readonly Attribute[],
  given: readonly Attribute[],
) => readonly Attribute[];

export interface AttributeRequest {
  readonly cluster: string;
  /** Such as `ecs:PutAttributes`. */
  readonly action: string;
  readonly targets: readonly TargetAttributes[];
}

/**
 * Changes attributes of instances, each by a conditional write of its own, once all of them were found
 * and none refused the change. Placement looks again at who waits for one.
 *
 * @throws EcsError TargetNotFoundException, AccessDeniedException, and what `change` throws
 */
export async function changeAttributes(
  context: CommandContext,
  { cluster, action, targets }: AttributeRequest,
  change: AttributeChange,
): Promise<AttributeDescription[]> {
  for (const { id, attributes } of targets) {
    const instance = await target(context, cluster, id);
    checkSpeaksFor(context, instance, action);
    change(instance.attributes, attributes);
  }
  const { instances } = context.store;
  const outcomes = await Promise.all(
    targets.map(({ id, attributes }) =>
      persist(
        () => target(context, cluster, id),
        (instance) => withAttributes(instance, change(instance.attributes, attributes)),
        (instance) => instances.replaceDescription(instance),
      ),
    ),
  );
  if (outcomes.some((outcome) => outcome?.written)) await wakePlacement(context, cluster);
  return targets.flatMap(({ id, attributes }) =>
    attributes.map((attribute) => presentAttribute(context, { cluster, id }, attribute)),
  );
}

async function target(
  { store }: CommandContext,
  cluster: string,
  id: string,
): Promise<Stored<ContainerInstance>> {
  const stored = await store.instances.find(cluster, id);
  if (stored && stored.ledger.status !== "INACTIVE") return stored.instance;
  throw new EcsError("TargetNotFoundException", `Could not find ${id}`);
}

/** Undefined where they are so already. */
function withAttributes(
  instance: Stored<ContainerInstance>,
  attributes: readonly Attribute[],
): Stored<ContainerInstance> | undefined {
  const isSame = JSON.stringify(attributes) === JSON.stringify(instance.attributes);
  return isSame ? undefined : { ...instance, attributes };
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
