import { notFound } from "../refusal.ts";
import type { ApiDestination, Connection, RuleBook } from "../rule-book.ts";

/** @throws EventBridgeRefusal ResourceNotFoundException */
export function findDestination(book: RuleBook, arn: string): ApiDestination {
  const destination = destinationAt(book, arn);
  if (destination) return destination;
  throw notFound(`An api-destination '${nameIn(arn)}' does not exist.`);
}

/** Made anew under its name, it has another ARN. */
export function destinationAt(book: RuleBook, arn: string): ApiDestination | undefined {
  const destination = book.apiDestinations.get(nameIn(arn));
  return destination?.arn === arn ? destination : undefined;
}

export function connectionAt(book: RuleBook, arn: string): Connection | undefined {
  const connection = book.connections.get(nameIn(arn));
  return connection?.arn === arn ? connection : undefined;
}

const nameIn = (arn: string): string => arn.split("/")[1] ?? "";
