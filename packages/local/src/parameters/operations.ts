import type { Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import { z } from "zod";
import { type Operation, operation } from "../json-service/operation.ts";
import type { SealedFile } from "../json-service/sealed-file.ts";
import { ServiceRefusal } from "../json-service/service-refusal.ts";

/** A parameter as it is kept, with its last value only. */
export interface Parameter {
  readonly name: string;
  readonly type: (typeof TYPES)[number];
  readonly description?: string | undefined;
  readonly sealedValue: string;
  readonly version: number;
  /** Epoch ms. */
  readonly changedAt: number;
}

/** What operations on parameters work on. */
export interface ParameterContext {
  readonly scope: Scope;
  readonly now: () => number;
  readonly parameters: SealedFile<Parameter>;
}

const TYPES = ["String", "StringList", "SecureString"] as const;

/* Members. Source: Systems Manager API reference. */
const nameMember = z
  .string()
  .min(1)
  .max(1_011)
  .regex(/^[\w./:-]+$/);
const namesMember = z.array(nameMember).min(1).max(10);
const decryptionMember = z.boolean().optional();

const parameterArn = ({ region, account }: Scope, name: string): string =>
  `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;

const putParameter = operation({
  input: z.object({
    Name: nameMember,
    Value: z.string().min(1).max(4_096),
    Type: z.enum(TYPES).optional(),
    Overwrite: z.boolean().optional(),
    Description: z.string().max(1_024).optional(),
  }),
  resources: ({ scope }: ParameterContext, { Name }) => [parameterArn(scope, Name)],
  run: (context, { Name: name, Value: value, Type, Overwrite: mayReplace, Description }) => {
    const { parameters, now } = context;
    const known = find(context, name);
    if (known && mayReplace !== true) {
      throw new ServiceRefusal(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    const type = Type ?? known?.type;
    if (!type) {
      throw new ServiceRefusal(
        "ValidationException",
        "A parameter type is required when you create a parameter.",
      );
    }
    const version = (known?.version ?? 0) + 1;
    const sealedValue = parameters.seal(name, value);
    const description = Description ?? known?.description;
    const parameter = { name, type, sealedValue, version, changedAt: now() };
    parameters.put(name, { ...parameter, ...defined({ description }) });
    return { Version: version, Tier: "Standard" };
  },
});

const getParameter = operation({
  input: z.object({ Name: nameMember, WithDecryption: decryptionMember }),
  resources: ({ scope }: ParameterContext, { Name }) => [resourceOf(scope, Name)],
  run: (context, { Name: name, WithDecryption: isOpened = false }) => {
    const parameter = find(context, name);
    if (!parameter) throw notFound(name);
    return { Parameter: shown(context, parameter, isOpened) };
  },
});

const getParameters = operation({
  input: z.object({ Names: namesMember, WithDecryption: decryptionMember }),
  resources: ({ scope }: ParameterContext, { Names }) =>
    Names.map((name) => resourceOf(scope, name)),
  run: (context, { Names: names, WithDecryption: isOpened = false }) => {
    const found = names.map((name) => ({ name, parameter: find(context, name) }));
    return {
      Parameters: found.flatMap(({ parameter }) =>
        parameter ? [shown(context, parameter, isOpened)] : [],
      ),
      InvalidParameters: found.flatMap(({ name, parameter }) => (parameter ? [] : [name])),
    };
  },
});

const deleteParameter = operation({
  input: z.object({ Name: nameMember }),
  resources: ({ scope }: ParameterContext, { Name }) => [resourceOf(scope, Name)],
  run: (context, { Name }) => {
    const parameter = find(context, Name);
    if (!parameter) throw notFound(Name);
    context.parameters.remove(parameter.name);
    return {};
  },
});

const describeParameters = operation({
  input: z.object({}),
  run: ({ parameters, scope }: ParameterContext) => ({
    Parameters: parameters.all.map(({ name, type, version, description, changedAt }) =>
      defined({
        Name: name,
        ARN: parameterArn(scope, name),
        Type: type,
        Description: description,
        Version: version,
        LastModifiedDate: changedAt / 1_000,
        Tier: "Standard",
        DataType: "text",
      }),
    ),
  }),
});

const resourceOf = (scope: Scope, name: string): string =>
  name.startsWith("arn:") ? name : parameterArn(scope, name);

/** @param name Name or ARN, with a version after a colon where just that one is meant */
function find({ parameters, scope }: ParameterContext, name: string): Parameter | undefined {
  return parameters.all.find((each) => {
    const names = [each.name, parameterArn(scope, each.name)];
    return names.some((own) => name === own || name === `${own}:${each.version}`);
  });
}

const notFound = (name: string) =>
  new ServiceRefusal("ParameterNotFound", `There is no parameter ${name}.`);

/** What is secure is shown as it is kept, unless it is asked to be opened. */
function shown(
  { parameters, scope }: ParameterContext,
  { name, type, sealedValue, version, changedAt }: Parameter,
  isOpened: boolean,
): object {
  const isSealed = type === "SecureString" && !isOpened;
  return {
    Name: name,
    ARN: parameterArn(scope, name),
    Type: type,
    Value: isSealed ? sealedValue : parameters.open(name, sealedValue),
    Version: version,
    LastModifiedDate: changedAt / 1_000,
    DataType: "text",
  };
}

/** All that there are. */
export const PARAMETER_OPERATIONS: ReadonlyMap<string, Operation<ParameterContext>> = new Map([
  ["PutParameter", putParameter],
  ["GetParameter", getParameter],
  ["GetParameters", getParameters],
  ["DeleteParameter", deleteParameter],
  ["DescribeParameters", describeParameters],
]);
