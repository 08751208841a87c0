/** What `terraform providers schema -json` tells of a provider. */
export interface ProviderSchema {
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

/** Properties, and what may stand in braces. */
export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

interface Attribute {
  readonly type?: AttributeType;
  readonly required?: boolean;
  readonly optional?: boolean;
}

/** As Terraform writes its types. */
export type AttributeType =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", AttributeType]
  | readonly ["object", Readonly<Record<string, AttributeType>>];

/** What the provider can be told: an attribute, or the content of a block. */
export type Argument = { readonly type: AttributeType } | { readonly block: Block };

/** The argument of the provider that a property of Pulumi's is, and its name there. */
export function findArgument(
  { attributes = {}, block_types = {} }: Block,
  property: string,
): readonly [name: string, argument: Argument] | undefined {
  for (const name of candidates(property)) {
    const { type, required, optional } = attributes[name] ?? {};
    if (type && (required || optional)) return [name, { type }];
    const nested = block_types[name];
    if (nested) return [name, nested];
  }
}

/** Pulumi names by the plural what Terraform repeats. */
function candidates(property: string): readonly string[] {
  const name = snakeCase(property);
  return [name, name.replace(/ies$/, "y"), name.replace(/es$/, ""), name.replace(/s$/, "")];
}

/** `s3Bucket` is `s3_bucket`. */
export const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
