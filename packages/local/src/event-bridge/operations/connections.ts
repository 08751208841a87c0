import { z } from "zod";
import { whyHeaderIsRefused } from "../delivery/request-headers.ts";
import { alreadyExists, invalid, invalidParameter, notFound } from "../refusal.ts";
import type {
  AuthParameters,
  Connection,
  InvocationHttpParameters,
  InvocationParameter,
} from "../rule-book.ts";
import { eventsArn } from "./buses.ts";
import {
  descriptionMember,
  nameMember,
  type Operation,
  operation,
  type OperationContext,
  pageMembers,
  prefixMember,
} from "./operation.ts";
import { pageOf } from "./paging.ts";

const secretMember = z.string().min(1).max(512);
const parameterMember = z.object({
  Key: z.string().min(1).max(512),
  Value: z.string().max(512),
  IsValueSecret: z.boolean().optional(),
});
const parametersMember = z.array(parameterMember).max(100).optional();

const authMember = z.object({
  BasicAuthParameters: z
    .object({ Username: secretMember.optional(), Password: secretMember.optional() })
    .optional(),
  ApiKeyAuthParameters: z
    .object({ ApiKeyName: secretMember.optional(), ApiKeyValue: secretMember.optional() })
    .optional(),
  InvocationHttpParameters: z
    .object({
      HeaderParameters: parametersMember,
      QueryStringParameters: parametersMember,
      BodyParameters: parametersMember,
    })
    .optional(),
});

const AUTHORIZATION_TYPES = ["BASIC", "OAUTH_CLIENT_CREDENTIALS", "API_KEY"] as const;
const typeMember = z.enum(AUTHORIZATION_TYPES);
const byName = z.object({ Name: nameMember });
const createInput = byName.extend({
  Description: descriptionMember,
  AuthorizationType: typeMember,
  AuthParameters: authMember,
});
const updateInput = createInput.partial().required({ Name: true });

export const CONNECTION_OPERATIONS: readonly (readonly [string, Operation])[] = [
  ["CreateConnection", operation(createInput, create)],
  ["UpdateConnection", operation(updateInput, update)],
  [
    "DescribeConnection",
    operation(byName, (context, { Name }) => {
      const connection = find(context, Name, "describe");
      return {
        ...present(connection),
        Description: connection.description,
        AuthParameters: withoutSecrets(connection.authParameters),
      };
    }),
  ],
  [
    "DeleteConnection",
    operation(byName, (context, { Name }) => {
      const connection = find(context, Name, "delete");
      context.book.remove("connections", Name);
      return changed(connection, "DELETING");
    }),
  ],
  [
    "ListConnections",
    operation(z.object({ NamePrefix: prefixMember, ...pageMembers }), (context, page) => {
      const { connections } = context.book;
      const { items, token } = pageOf(connections.values(), ({ name }) => name, page);
      return { Connections: items.map(present), ...token };
    }),
  ],
];

function find({ book }: OperationContext, name: string, verb: string): Connection {
  const connection = book.connections.get(name);
  if (connection) return connection;
  throw notFound(`Failed to ${verb} the connection(s). Connection '${name}' does not exist.`);
}

function create(context: OperationContext, input: z.output<typeof createInput>): object {
  const { Name: name } = input;
  if (context.book.connections.has(name)) {
    throw alreadyExists(`Connection ${name} already exists.`);
  }
  const now = context.now();
  const connection: Connection = {
    name,
    arn: eventsArn(context, `connection/${name}/${context.newId()}`),
    description: input.Description,
    ...checkedAuth(input.AuthorizationType, input.AuthParameters),
    createdAt: now,
    changedAt: now,
  };
  context.book.put("connections", connection);
  return changed(connection, "AUTHORIZED");
}

function update(context: OperationContext, input: z.output<typeof updateInput>): object {
  const before = find(context, input.Name, "update");
  const connection: Connection = {
    ...before,
    description: input.Description ?? before.description,
    ...checkedAuth(
      input.AuthorizationType ?? before.authorizationType,
      mergedAuth(before.authParameters, input.AuthParameters),
    ),
    changedAt: context.now(),
  };
  context.book.put("connections", connection);
  return changed(connection, "AUTHORIZED");
}

/** What is not said again stays, a secret for instance. */
function mergedAuth(before: AuthParameters, given: AuthParameters = {}): AuthParameters {
  return {
    BasicAuthParameters: { ...before.BasicAuthParameters, ...given.BasicAuthParameters },
    ApiKeyAuthParameters: { ...before.ApiKeyAuthParameters, ...given.ApiKeyAuthParameters },
    InvocationHttpParameters: given.InvocationHttpParameters ?? before.InvocationHttpParameters,
  };
}

/** @returns what belongs to this type, complete */
function checkedAuth(
  type: (typeof AUTHORIZATION_TYPES)[number],
  {
    BasicAuthParameters: basic,
    ApiKeyAuthParameters: key,
    InvocationHttpParameters,
  }: AuthParameters,
): Pick<Connection, "authorizationType" | "authParameters"> {
  checkInvocation(InvocationHttpParameters);
  switch (type) {
    case "OAUTH_CLIENT_CREDENTIALS":
      throw invalidParameter(
        "AuthorizationType",
        "The EventBridge of one machine knows BASIC and API_KEY only.",
      );
    case "BASIC":
      if (!basic?.Username || !basic.Password) throw missing("BasicAuthParameters", type);
      return {
        authorizationType: type,
        authParameters: { BasicAuthParameters: basic, InvocationHttpParameters },
      };
    case "API_KEY": {
      if (!key?.ApiKeyName || !key.ApiKeyValue) throw missing("ApiKeyAuthParameters", type);
      checkHeader(key.ApiKeyName, key.ApiKeyValue);
      return {
        authorizationType: type,
        authParameters: { ApiKeyAuthParameters: key, InvocationHttpParameters },
      };
    }
  }
}

const missing = (member: string, type: string) =>
  invalid(`Parameter(s) ${member} must be specified whole for the authorization type ${type}.`);

function checkInvocation(parameters: InvocationHttpParameters = {}): void {
  for (const { Key, Value } of parameters.HeaderParameters ?? []) checkHeader(Key, Value);
}

function checkHeader(name: string, value: string): void {
  const reason = whyHeaderIsRefused(name, value);
  if (reason !== undefined) throw invalidParameter("HeaderParameters", reason);
}

const changed = (connection: Connection, ConnectionState: string): object => ({
  ConnectionArn: connection.arn,
  ConnectionState,
  ...timesOf(connection),
});

const timesOf = ({ createdAt, changedAt }: Connection): object => ({
  CreationTime: createdAt / 1_000,
  LastModifiedTime: changedAt / 1_000,
  LastAuthorizedTime: changedAt / 1_000,
});

const present = (connection: Connection): object => ({
  ...changed(connection, "AUTHORIZED"),
  Name: connection.name,
  AuthorizationType: connection.authorizationType,
});

/** Names without their secrets. What was not given is not there: Terraform would see a change. */
function withoutSecrets({
  BasicAuthParameters: basic,
  ApiKeyAuthParameters: key,
  InvocationHttpParameters: invocation,
}: AuthParameters): object {
  return {
    ...(basic && { BasicAuthParameters: { Username: basic.Username } }),
    ...(key && { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName } }),
    ...(invocation && {
      InvocationHttpParameters: {
        HeaderParameters: invocation.HeaderParameters?.map(shownParameter),
        QueryStringParameters: invocation.QueryStringParameters?.map(shownParameter),
        BodyParameters: invocation.BodyParameters?.map(shownParameter),
      },
    }),
  };
}

const shownParameter = ({ Key, Value, IsValueSecret = false }: InvocationParameter): object =>
  IsValueSecret ? { Key, IsValueSecret } : { Key, Value, IsValueSecret };
