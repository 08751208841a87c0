import type { Store } from "@berth/store/store";
import { ClusterViews } from "../placement/cluster-view.ts";
import type { CommandContext } from "../context.ts";

/** What a valid call is told that was to be checked only. */
export interface Validated {
  readonly valid: true;
}

type Writes = { readonly [Name in keyof Store]?: readonly (keyof Store[Name])[] };

/** Every method of the store that changes something. */
export const STORE_WRITES = {
  clusters: ["create", "replace"],
  taskDefinitions: ["create", "replace", "remove"],
  capacityProviders: ["create", "replace"],
  instances: ["newId", "create", "replaceLedger", "replaceDescription"],
  tasks: ["create", "replace", "archive"],
  services: ["create", "replace", "putEvents"],
  queuedRuns: ["create", "replace"],
  serviceDeployments: ["put"],
  serviceRevisions: ["put", "retire"],
  sessions: ["create", "replace", "createConnection", "deleteConnection"],
  streamSessions: ["create", "replace", "delete", "createConnection", "deleteConnection"],
  accessKeys: ["create", "replace", "delete"],
  apiTokens: ["create", "delete"],
  usage: ["put"],
  alarms: ["create", "replace", "delete"],
  accountSettings: ["create", "replace"],
} as const satisfies Writes;

/**
 * Has a call do all that it does before its first write. A call that is refused writes nothing, so
 * whoever comes to the first write is refused no more.
 *
 * @throws EcsError what the call throws
 */
export async function validateOnly(
  context: CommandContext,
  call: (context: CommandContext) => Promise<unknown>,
): Promise<Validated> {
  try {
    await call({
      ...context,
      store: refusingWrites(context.store),
      // What this process knows of clusters is for those who act.
      views: new ClusterViews(),
      relay: { wake: async () => undefined },
      agents: { push: async () => "gone", close: async () => undefined },
    });
  } catch (error) {
    if (!(error instanceof FirstWrite)) throw error;
  }
  return { valid: true };
}

class FirstWrite extends Error {}

function refusingWrites(store: Store): Store {
  const refusing = Object.entries(STORE_WRITES).map(([name, methods]) => {
    const repository = store[name as keyof typeof STORE_WRITES];
    const refused = methods.map((method) => [method, refuse] as const);
    return [name, { ...repository, ...Object.fromEntries(refused) }] as const;
  });
  return { ...store, ...Object.fromEntries(refusing) };
}

function refuse(): Promise<never> {
  return Promise.reject(new FirstWrite("Nothing is written where a call is only to be checked"));
}
