import { z } from "zod";
import { whyEndpointIsRefused } from "../delivery/endpoint.ts";
import { alreadyExists, invalidParameter, notFound } from "../refusal.ts";
import type { ApiDestination } from "../rule-book.ts";
import { eventsArn } from "./buses.ts";
import { connectionAt } from "./find-destination.ts";
import {
  arnMember,
  descriptionMember,
  nameMember,
  type Operation,
  operation,
  type OperationContext,
  pageMembers,
  prefixMember,
} from "./operation.ts";
import { pageOf } from "./paging.ts";

const METHODS = ["POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"] as const;

/** Calls a second. Source: EventBridge user guide, API destinations. */
const DEFAULT_RATE = 300;

const byName = z.object({ Name: nameMember });
const createInput = byName.extend({
  Description: descriptionMember,
  ConnectionArn: arnMember,
  InvocationEndpoint: z
    .string()
    .min(1)
    .max(2048)
    .regex(/^[-%()_.!~*';/?:@&=+$,A-Za-z0-9[\]]+$/),
  HttpMethod: z.enum(METHODS),
  InvocationRateLimitPerSecond: z.int().min(1).optional(),
});
const updateInput = createInput.partial().required({ Name: true });

export const API_DESTINATION_OPERATIONS: readonly (readonly [string, Operation])[] = [
  ["CreateApiDestination", operation(createInput, create)],
  ["UpdateApiDestination", operation(updateInput, update)],
  [
    "DescribeApiDestination",
    operation(byName, (context, { Name }) => {
      const destination = find(context, Name, "describe");
      return { ...present(context, destination), Description: destination.description };
    }),
  ],
  [
    "DeleteApiDestination",
    operation(byName, (context, { Name }) => {
      find(context, Name, "delete");
      context.book.remove("apiDestinations", Name);
      return {};
    }),
  ],
  [
    "ListApiDestinations",
    operation(
      z.object({
        NamePrefix: prefixMember,
        ConnectionArn: arnMember.optional(),
        ...pageMembers,
      }),
      (context, { ConnectionArn, ...page }) => {
        const meant = [...context.book.apiDestinations.values()].filter(({ connectionArn }) =>
          [connectionArn, undefined].includes(ConnectionArn),
        );
        const { items, token } = pageOf(meant, ({ name }) => name, page);
        return { ApiDestinations: items.map((each) => present(context, each)), ...token };
      },
    ),
  ],
];

function find({ book }: OperationContext, name: string, verb: string): ApiDestination {
  const destination = book.apiDestinations.get(name);
  if (destination) return destination;
  throw notFound(
    `Failed to ${verb} the api-destination(s). An api-destination '${name}' does not exist.`,
  );
}

function create(context: OperationContext, input: z.output<typeof createInput>): object {
  const { Name: name } = input;
  if (context.book.apiDestinations.has(name)) {
    throw alreadyExists(`An api-destination '${name}' already exists.`);
  }
  const now = context.now();
  return save(context, {
    name,
    arn: eventsArn(context, `api-destination/${name}/${context.newId()}`),
    description: input.Description,
    connectionArn: input.ConnectionArn,
    invocationEndpoint: input.InvocationEndpoint,
    httpMethod: input.HttpMethod,
    invocationRateLimitPerSecond: input.InvocationRateLimitPerSecond ?? DEFAULT_RATE,
    createdAt: now,
    changedAt: now,
  });
}

function update(context: OperationContext, input: z.output<typeof updateInput>): object {
  const before = find(context, input.Name, "update");
  return save(context, {
    ...before,
    description: input.Description ?? before.description,
    connectionArn: input.ConnectionArn ?? before.connectionArn,
    invocationEndpoint: input.InvocationEndpoint ?? before.invocationEndpoint,
    httpMethod: input.HttpMethod ?? before.httpMethod,
    invocationRateLimitPerSecond:
      input.InvocationRateLimitPerSecond ?? before.invocationRateLimitPerSecond,
    changedAt: context.now(),
  });
}

function save(context: OperationContext, destination: ApiDestination): object {
  const reason = whyEndpointIsRefused(destination.invocationEndpoint);
  if (reason !== undefined) throw invalidParameter("InvocationEndpoint", reason);
  if (!connectionAt(context.book, destination.connectionArn)) {
    throw notFound(`Connection '${destination.connectionArn}' does not exist.`);
  }
  context.book.put("apiDestinations", destination);
  return changed(context, destination);
}

const changed = ({ book }: OperationContext, destination: ApiDestination): object => ({
  ApiDestinationArn: destination.arn,
  ApiDestinationState: connectionAt(book, destination.connectionArn) ? "ACTIVE" : "INACTIVE",
  CreationTime: destination.createdAt / 1_000,
  LastModifiedTime: destination.changedAt / 1_000,
});

const present = (context: OperationContext, destination: ApiDestination): object => ({
  ...changed(context, destination),
  Name: destination.name,
  ConnectionArn: destination.connectionArn,
  InvocationEndpoint: destination.invocationEndpoint,
  HttpMethod: destination.httpMethod,
  InvocationRateLimitPerSecond: destination.invocationRateLimitPerSecond,
});
