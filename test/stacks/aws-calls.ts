import { readFileSync } from "node:fs";
import { bundleOf } from "./bundle-functions.ts";

/**
 * What a function may ask AWS for, read from its bundle: IAM's actions, sorted. A bundle names each
 * module before its code, and holds nothing that cannot be reached.
 */
export function callsOf(entry: string): readonly string[] {
  return callsIn(readFileSync(bundleOf(entry), "utf8"));
}

/** As `callsOf`, of a bundle's text. */
export function callsIn(bundle: string): readonly string[] {
  const modules = modulesOf(bundle);
  const callables = callablesOf(modules);
  const code = modules.filter(({ path }) => !isSdk(path)).map((module) => module.code);
  const calls = [
    ...code.flatMap((each) => namedIn(each, callables)),
    ...code.flatMap((each) => dynamoCalls(each)),
  ];
  return [...new Set(calls)].toSorted();
}

interface Module {
  readonly path: string;
  readonly code: string;
}

function modulesOf(bundle: string): readonly Module[] {
  const [, ...parts] = bundle.split(/^ *\/\/ ((?:packages|node_modules)\/\S+)$/m);
  return parts.flatMap((path, index) =>
    index % 2 === 0 ? [{ path, code: parts[index + 1] ?? "" }] : [],
  );
}

/**
 * The SDK's own modules call nothing by themselves: they name all commands of a client, and hold a
 * credential chain that ends at a function's environment.
 */
const isSdk = (path: string): boolean => path.startsWith("node_modules/@aws-sdk/");

/** Actions by what stands for them in the bundle: commands, and the waiters and paginators on them. */
type Callables = ReadonlyMap<string, readonly string[]>;

function callablesOf(modules: readonly Module[]): Callables {
  const commands = new Map(modules.flatMap(commandsOf));
  const helpers = modules
    .filter(({ path }) => HELPER_MODULE.test(path))
    .flatMap(({ code }) => definedIn(code).map((name) => [name, namedIn(code, commands)] as const));
  return new Map([...commands, ...helpers]);
}

const HELPER_MODULE = /@aws-sdk\/client-[\w-]+\/.*\/(?:pagination|waiters)\//;
const COMMAND_MODULE = /@aws-sdk\/client-([\w-]+)\/.*\/commands\/(\w+)Command\.js$/;

function commandsOf({ path, code }: Module): readonly (readonly [string, readonly string[]])[] {
  const [, client, operation] = COMMAND_MODULE.exec(path) ?? [];
  if (client === undefined || operation === undefined) return [];
  return definedIn(code).map((name) => [name, [actionOf(client, operation)]]);
}

/** Top-level names: esbuild makes them unique in a bundle. */
const definedIn = (code: string): readonly string[] =>
  [...code.matchAll(/^(?:var|async function\*?|function\*?) (\w+)/gm)].map(([, name = ""]) => name);

const namedIn = (code: string, callables: Callables): readonly string[] =>
  [...code.matchAll(/\b\w+\b/g)].flatMap(([name]) => callables.get(name) ?? []);

/** The store sends by the operation's name, past the SDK's commands (docs/STORE.md). */
function dynamoCalls(code: string): readonly string[] {
  return [...code.matchAll(/\bsend\w*\("(\w+)"/g)].map(([, operation]) => `dynamodb:${operation}`);
}

/** What IAM calls it, where that is another name than the operation's. */
const ACTIONS: Readonly<Record<string, string>> = {
  "apigatewaymanagementapi:PostToConnection": "execute-api:ManageConnections",
  "apigatewaymanagementapi:DeleteConnection": "execute-api:ManageConnections",
  "apigatewaymanagementapi:GetConnection": "execute-api:ManageConnections",
  "eventbridge:PutEvents": "events:PutEvents",
  "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
  "sqs:SendMessageBatch": "sqs:SendMessage",
};

/** What IAM calls a service, where that is another name than the client's. */
const SERVICES: Readonly<Record<string, string>> = { "auto-scaling": "autoscaling" };

function actionOf(client: string, operation: string): string {
  const action = `${SERVICES[client] ?? client}:${operation}`;
  return ACTIONS[action] ?? action;
}
