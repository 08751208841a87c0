import type { RecordedResource } from "./synth/mocks.ts";

/** The resources of one stage, as the provider would get them. */
export interface Deployment {
  readonly resources: readonly RecordedResource[];
  /** @param type without `aws:`, such as `sqs/queue:Queue` */
  all(type: string): readonly RecordedResource[];
  /** @throws Error where there is none, or more than one */
  one(type: string, name?: string): RecordedResource["inputs"];
}

/** Reads what was recorded. */
export function deploymentOf(resources: readonly RecordedResource[]): Deployment {
  const all = (type: string) => resources.filter((each) => each.type === `aws:${type}`);
  return {
    resources,
    all,
    one(type, name) {
      const [found, ...others] = all(type).filter(
        (each) => name === undefined || each.name === name,
      );
      if (!found || others.length > 0) {
        throw new Error(`${others.length + (found ? 1 : 0)} of ${type} ${name ?? ""}`);
      }
      return found.inputs;
    },
  };
}

/** `service-queue` is the component `ServiceQueue`. */
export const componentName = (name: string): string =>
  name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

/** One statement of a policy. */
export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
}

/** Every statement that lets a role do something. */
export function grants({ inputs }: RecordedResource): readonly Statement[] {
  const { inlinePolicies = [] } = inputs as { inlinePolicies?: readonly { policy: string }[] };
  return inlinePolicies.flatMap(({ policy }) => statementsOf(policy));
}

/** Every statement that lets somebody take a role. */
export function trusts({ inputs }: RecordedResource): readonly Statement[] {
  return statementsOf(inputs.assumeRolePolicy as string | PolicyDocument);
}

/** The provider takes text and objects. */
function statementsOf(policy: string | PolicyDocument): readonly Statement[] {
  const document = typeof policy === "string" ? (JSON.parse(policy) as PolicyDocument) : policy;
  return document.Statement;
}
