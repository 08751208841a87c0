import {
  CreateCapacityProviderCommand,
  PutClusterCapacityProvidersCommand,
} from "@aws-sdk/client-ecs";
import { groupOfProvider } from "../providers.ts";
import type { Scenario } from "../scenario.ts";
import type { OneMachine } from "./one-machine.ts";

/** Providers are the account's: each scenario has its own. */
export const providerIn = (cluster: string, provider: string): string => `${provider}-${cluster}`;

/** Makes the providers that instances and requests of the scenario name, and gives them to its cluster. */
export async function makeProviders(
  { ecs }: OneMachine,
  cluster: string,
  { instances, requests }: Scenario,
): Promise<void> {
  const named = [
    ...Object.values(instances).flatMap(({ capacityProvider }) => capacityProvider ?? []),
    ...requests.flatMap(({ capacityProviderStrategy }) =>
      capacityProviderStrategy.map(({ capacityProvider }) => capacityProvider),
    ),
  ];
  const names = [...new Set(named)].map((name) => providerIn(cluster, name));
  if (names.length === 0) return;
  for (const name of names) {
    await ecs.send(
      new CreateCapacityProviderCommand({
        name,
        autoScalingGroupProvider: { autoScalingGroupArn: groupOfProvider(name) },
      }),
    );
  }
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster,
      capacityProviders: names,
      defaultCapacityProviderStrategy: [],
    }),
  );
}
