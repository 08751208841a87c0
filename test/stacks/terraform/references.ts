import type { RecordedResource } from "../synth/mocks.ts";
import { terraformType } from "./pulumi-names.ts";
import { snakeCase } from "./schema.ts";
import type { ProviderSchema } from "./schema.ts";

/** What stands in a text for something that is known only once it is made. */
interface Quotable {
  readonly text: string;
  /** Of Terraform; none where its provider has no such attribute. */
  readonly expression: string | undefined;
}

/** Texts with references instead of what the mocks made up. */
export type Quote = (text: string) => string;

/**
 * @returns what writes a text for Terraform
 * @throws Error from it, where a made-up value is no attribute or could be of two resources
 */
export function quoteReferences(
  resources: readonly RecordedResource[],
  schema: ProviderSchema,
): Quote {
  const quotables = Map.groupBy(
    resources.flatMap((resource) => quotablesOf(resource, schema)),
    ({ text }) => text,
  );
  // The longest first: an ARN may begin as another does.
  const texts = [...quotables.keys()].toSorted((one, other) => other.length - one.length);
  if (texts.length === 0) return escapeTemplate;
  const anyText = new RegExp(`(?<![\\w-])(?:${texts.map(literally).join("|")})(?![\\w-])`, "g");
  return (text) =>
    escapeTemplate(text).replaceAll(anyText, (found) => reference(found, quotables.get(found)));
}

function reference(found: string, quotables: readonly Quotable[] = []): string {
  const [only, another] = quotables;
  if (!only?.expression) throw new Error(`${found} is no attribute of the provider's`);
  if (another) throw new Error(`${found} could be of ${quotables.length} resources`);
  return `\${${only.expression}}`;
}

function quotablesOf(
  { type, name, given = {} }: RecordedResource,
  { resource_schemas }: ProviderSchema,
): readonly Quotable[] {
  const made = terraformType(type);
  return Object.entries(given).map(([property, text]) => {
    const attribute = snakeCase(property);
    const known = resource_schemas[made]?.block.attributes?.[attribute] !== undefined;
    const expression = `${made}.${name}.${attribute}`;
    return property === "apiEndpoint"
      ? hostOf(text, expression)
      : { text, expression: known ? expression : undefined };
  });
}

/** Agents and functions are told the same host with another scheme. */
const hostOf = (endpoint: string, expression: string): Quotable => ({
  text: new URL(endpoint).host,
  expression: `split("://", ${expression})[1]`,
});

const literally = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");

/** Terraform takes every text as a template. */
const escapeTemplate: Quote = (text) => text.replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
