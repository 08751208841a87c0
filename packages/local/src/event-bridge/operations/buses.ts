import { z } from "zod";
import { notFound } from "../refusal.ts";
import {
  busMember,
  type Operation,
  operation,
  type OperationContext,
  pageMembers,
} from "./operation.ts";
import { type PageInput, pageOf } from "./paging.ts";

/** Every account has it. */
export const DEFAULT_BUS = "default";

/** Where a bus is, and what it is called besides `default`. */
export type BusPlace = Pick<OperationContext, "name" | "region" | "account">;

/**
 * The name by which the bus is meant; a rule is shown under it again.
 *
 * @throws EventBridgeRefusal ResourceNotFoundException
 */
export function busNamed(place: BusPlace, nameOrArn: string = DEFAULT_BUS): string {
  const name = nameOrArn.split("/").at(-1) ?? "";
  if (namesOf(place).includes(name)) return name;
  throw notFound(`Event bus ${name} does not exist.`);
}

const namesOf = ({ name }: BusPlace): readonly string[] => [...new Set([name, DEFAULT_BUS])];

/** ARN of what EventBridge has, by all that follows the account. */
export const eventsArn = ({ region, account }: BusPlace, resource: string): string =>
  `arn:aws:events:${region}:${account}:${resource}`;

const present = (place: BusPlace, Name: string) => ({
  Name,
  Arn: eventsArn(place, `event-bus/${Name}`),
});

export const BUS_OPERATIONS: readonly (readonly [string, Operation])[] = [
  [
    "DescribeEventBus",
    operation(z.object({ Name: busMember }), (context, { Name }) =>
      present(context, busNamed(context, Name)),
    ),
  ],
  [
    "ListEventBuses",
    operation(z.object({ NamePrefix: z.string().optional(), ...pageMembers }), listBuses),
  ],
];

function listBuses(context: OperationContext, page: PageInput): object {
  const { items, token } = pageOf(namesOf(context), (name) => name, page);
  return { EventBuses: items.map((name) => present(context, name)), ...token };
}
