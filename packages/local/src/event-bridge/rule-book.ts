import { existsSync, readFileSync } from "node:fs";
import { writePrivateFile } from "../data-directory.ts";
import type { RuleTag, RuleTarget } from "./rule-target.ts";

export interface Rule {
  readonly name: string;
  /** JSON, as it was given. */
  readonly eventPattern: string;
  readonly state: RuleState;
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly tags: readonly RuleTag[];
  readonly targets: readonly RuleTarget[];
}

export type RuleState = (typeof RULE_STATES)[number];
export const RULE_STATES = ["ENABLED", "DISABLED"] as const;

/** How calls say who makes them. Has secrets: never answered or logged whole. */
export interface Connection {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly authorizationType: AuthorizationType;
  readonly authParameters: AuthParameters;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly changedAt: number;
}

export type AuthorizationType = "API_KEY" | "BASIC";

export interface AuthParameters {
  readonly BasicAuthParameters?: BasicAuth | undefined;
  readonly ApiKeyAuthParameters?: ApiKeyAuth | undefined;
  readonly InvocationHttpParameters?: InvocationHttpParameters | undefined;
}

export interface BasicAuth {
  readonly Username?: string | undefined;
  readonly Password?: string | undefined;
}

export interface ApiKeyAuth {
  readonly ApiKeyName?: string | undefined;
  readonly ApiKeyValue?: string | undefined;
}

export interface InvocationHttpParameters {
  readonly HeaderParameters?: readonly InvocationParameter[] | undefined;
  readonly QueryStringParameters?: readonly InvocationParameter[] | undefined;
  readonly BodyParameters?: readonly InvocationParameter[] | undefined;
}

export interface InvocationParameter {
  readonly Key: string;
  readonly Value: string;
  readonly IsValueSecret?: boolean | undefined;
}

/** Where events are sent to. */
export interface ApiDestination {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly connectionArn: string;
  readonly invocationEndpoint: string;
  readonly httpMethod: string;
  readonly invocationRateLimitPerSecond: number;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly changedAt: number;
}

interface EntryTypes {
  readonly rules: Rule;
  readonly connections: Connection;
  readonly apiDestinations: ApiDestination;
}

type Kind = keyof EntryTypes;

/** Each by its name. */
type Entries = { readonly [K in Kind]: ReadonlyMap<string, EntryTypes[K]> };

/** What the bus was told to do, in one file of its owner's alone, which is written before it counts. */
export class RuleBook {
  readonly #path: string;
  #entries: Entries;

  /** @throws Error where the file cannot be read */
  constructor(path: string) {
    this.#path = path;
    this.#entries = existsSync(path) ? entriesOf(readFileSync(path, "utf8")) : entriesOf("{}");
  }

  get rules(): Entries["rules"] {
    return this.#entries.rules;
  }

  get connections(): Entries["connections"] {
    return this.#entries.connections;
  }

  get apiDestinations(): Entries["apiDestinations"] {
    return this.#entries.apiDestinations;
  }

  put<K extends Kind>(kind: K, entry: EntryTypes[K]): void {
    const entries = new Map<string, EntryTypes[K]>(this.#entries[kind]).set(entry.name, entry);
    this.#write({ ...this.#entries, [kind]: entries });
  }

  remove(kind: Kind, name: string): void {
    const entries = new Map<string, EntryTypes[Kind]>(this.#entries[kind]);
    entries.delete(name);
    this.#write({ ...this.#entries, [kind]: entries });
  }

  #write(entries: Entries): void {
    const lists = Object.entries(entries).map(([kind, map]) => [kind, [...map.values()]]);
    writePrivateFile(this.#path, `${JSON.stringify(Object.fromEntries(lists))}\n`);
    this.#entries = entries;
  }
}

type BookFile = { readonly [K in Kind]?: readonly EntryTypes[K][] };

function entriesOf(text: string): Entries {
  const { rules = [], connections = [], apiDestinations = [] } = JSON.parse(text) as BookFile;
  return {
    rules: byName(rules),
    connections: byName(connections),
    apiDestinations: byName(apiDestinations),
  };
}

const byName = <Entry extends { readonly name: string }>(
  entries: readonly Entry[],
): ReadonlyMap<string, Entry> => new Map(entries.map((entry) => [entry.name, entry]));
