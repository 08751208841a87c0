import type { RecordedResource } from "../synth/mocks.ts";
import { providerValue } from "./provider-values.ts";
import { terraformProperty, terraformType } from "./pulumi-names.ts";
import { quoteReferences } from "./references.ts";
import type { Quote } from "./references.ts";
import { findArgument } from "./schema.ts";
import type { Argument, AttributeType, Block, ProviderSchema } from "./schema.ts";

type Values = Readonly<Record<string, unknown>>;

/** Terraform's JSON syntax: resources by type, then by name. */
export type TerraformResources = Readonly<Record<string, Readonly<Record<string, Values>>>>;

/**
 * Writes what was recorded as Terraform's provider wants it. Only resources of AWS: SST's own are
 * groups of those, and what is only read is made by nobody here.
 *
 * @throws Error that names each resource and property which the provider's schema does not know
 */
export function exportResources(
  recorded: readonly RecordedResource[],
  schema: ProviderSchema,
): TerraformResources {
  const made = recorded.filter(({ type, read }) => type.startsWith("aws:") && !read);
  const addresses = new Map(made.map((each) => [`${each.type}::${each.name}`, addressOf(each)]));
  if (addresses.size !== made.length) throw new Error("Two resources share a type and a name");
  const exporter = new Exporter(schema, quoteReferences(made, schema));
  const exported: Record<string, Record<string, Values>> = {};
  for (const resource of made) {
    const depends_on = (resource.dependsOn ?? []).flatMap((each) => addresses.get(each) ?? []);
    (exported[terraformType(resource.type)] ??= {})[resource.name] = {
      ...exporter.argumentsOf(resource),
      ...(depends_on.length > 0 && { depends_on }),
    };
  }
  exporter.refuseUnmapped();
  return exported;
}

const addressOf = ({ type, name }: RecordedResource): string => `${terraformType(type)}.${name}`;

/** Collects what cannot be mapped, to tell all of it at once. */
class Exporter {
  readonly #schema: ProviderSchema;
  readonly #quote: Quote;
  readonly #unmapped: string[] = [];

  constructor(schema: ProviderSchema, quote: Quote) {
    this.#schema = schema;
    this.#quote = quote;
  }

  argumentsOf({ type, name, inputs }: RecordedResource): Values {
    const made = terraformType(type);
    const schema = this.#schema.resource_schemas[made];
    if (!schema) {
      this.#unmapped.push(`${name}: ${type}`);
      return {};
    }
    const properties = Object.entries(inputs).map(
      ([property, value]) =>
        [terraformProperty(made, property), providerValue(made, property, value)] as const,
    );
    return this.#block(Object.fromEntries(properties), schema.block, `${name} (${type}): `);
  }

  refuseUnmapped(): void {
    if (this.#unmapped.length === 0) return;
    throw new Error(`The provider does not know ${this.#unmapped.join(", ")}`);
  }

  #block(values: Values, block: Block, path: string): Values {
    return this.#mapped(values, path, (property) => findArgument(block, property));
  }

  #mapped(
    values: Values,
    path: string,
    find: (property: string) => readonly [string, Argument] | undefined,
  ): Values {
    const mapped: Record<string, unknown> = {};
    for (const [property, value] of Object.entries(values)) {
      const [name, argument] = find(property) ?? [];
      if (name === undefined || argument === undefined || name in mapped) {
        this.#unmapped.push(path + property);
      } else {
        mapped[name] = this.#argument(value, argument, `${path}${property}.`);
      }
    }
    return mapped;
  }

  #argument(value: unknown, argument: Argument, path: string): unknown {
    if ("type" in argument) return this.#attribute(value, argument.type, path);
    // Pulumi writes a block that stands at most once without its list.
    return [value].flat().map((each) => this.#block(each as Values, argument.block, path));
  }

  #attribute(value: unknown, type: AttributeType, path: string): unknown {
    if (typeof type === "string") return this.#scalar(value, path);
    const [kind, of] = type;
    switch (kind) {
      case "list":
      case "set":
        return [value].flat().map((each) => this.#attribute(each, of, path));
      case "map":
        // The keys are the user's own words.
        return Object.fromEntries(
          Object.entries(value as Values).map(([key, each]) => [
            this.#quote(key),
            this.#attribute(each, of, path),
          ]),
        );
      case "object": {
        const attributes = Object.fromEntries(
          Object.entries(of).map(([name, each]) => [name, { type: each, optional: true }]),
        );
        return this.#block(value as Values, { attributes }, path);
      }
    }
  }

  #scalar(value: unknown, path: string): unknown {
    if (Array.isArray(value)) {
      this.#unmapped.push(`${path}[]`);
      return;
    }
    if (typeof value === "string") return this.#quote(value);
    if (typeof value !== "object" || value === null) return value;
    // An archive is the file that SST packed; any other object is a policy, which AWS takes as text.
    if ("__pulumiArchive" in value && "path" in value) return value.path;
    return this.#quote(JSON.stringify(value));
  }
}
