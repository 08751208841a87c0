import type { Attribute } from "@berth/domain/container-instance";
import { EcsError } from "@berth/domain/errors";

interface Identity {
  readonly instanceId?: string;
  readonly attributes: readonly Attribute[];
}

/** Members of an EC2 identity document that ECS shows as attributes. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  availabilityZone: "ecs.availability-zone",
  imageId: "ecs.ami-id",
  instanceType: "ecs.instance-type",
  architecture: "ecs.cpu-architecture",
};

/** Part of a key of the table. */
const INSTANCE_ID = /^[\w-]{1,64}$/;

/**
 * Who an instance says it is. Instances outside EC2 send an empty document. The signature is not
 * verified: a caller who may register instances at all is trusted with their names.
 *
 * @throws EcsError ClientException
 */
export function parseIdentityDocument(document: string | undefined): Identity {
  if (!document) return { attributes: [] };
  const members = parseObject(document);
  const { instanceId } = members;
  if (typeof instanceId === "string" && !INSTANCE_ID.test(instanceId)) throw notValid();
  return {
    ...(typeof instanceId === "string" && { instanceId }),
    attributes: Object.entries(ATTRIBUTES).flatMap(([member, name]) => {
      const value = members[member];
      return typeof value === "string" && value !== "" ? { name, value } : [];
    }),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, as for anything else that is no object.
  }
  throw notValid();
}

const notValid = () =>
  new EcsError(
    "ClientException",
    "The identity document and identity document signature were not valid",
  );
