import { type CapacityProvider, isFargateProvider } from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { capacityProviderName } from "./identifiers.ts";

/**
 * The provider that is to be changed: one that somebody has made, and nobody deleted.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export async function ownProvider(
  context: CommandContext,
  nameOrArn: string | undefined,
): Promise<Stored<CapacityProvider>> {
  const name = capacityProviderName(context.scope, nameOrArn ?? "");
  if (isFargateProvider(name)) {
    throw new EcsError(
      "InvalidParameterException",
      `The capacity provider ${name} is there for all accounts and cannot be changed or deleted.`,
    );
  }
  const provider = await context.store.capacityProviders.find(name);
  if (provider?.status === "ACTIVE") return provider;
  throw providerNotFound();
}

export const providerNotFound = () =>
  new EcsError(
    "ClientException",
    "The specified capacity provider was not found. Specify a valid capacity provider and try again.",
  );
