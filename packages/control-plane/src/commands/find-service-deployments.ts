import type { Service } from "@berth/domain/service";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { CommandContext } from "../context.ts";
import type { ServiceChildRef } from "./identifiers.ts";

/** Records of one service that were asked for, with the service as it is now. */
export interface FoundServiceDeployments {
  readonly service: Service;
  readonly records: readonly ServiceDeployment[];
}

/**
 * The records of these ids: those without a verdict are on the service itself. They are gone with
 * their service, and those of an earlier one of its name are not its own.
 */
export async function findServiceDeployments(
  context: CommandContext,
  { cluster, name }: Pick<ServiceChildRef, "cluster" | "name">,
  ids: readonly string[],
): Promise<FoundServiceDeployments | undefined> {
  const service = await context.store.services.findLatest(cluster, name);
  if (!service || service.status === "INACTIVE") return undefined;
  const own = new Map(service.serviceDeployments.map((record) => [record.id, record]));
  const stored = await context.store.serviceDeployments.findMany(
    service,
    ids.filter((id) => !own.has(id)),
  );
  const records = [...stored, ...ids.flatMap((id) => own.get(id) ?? [])];
  return { service, records: records.filter((record) => isOf(service, record)) };
}

/** Whether a record is of this service, and not of an earlier one of the same name. */
export const isOf = (service: Service, { createdAt }: { readonly createdAt: number }): boolean =>
  createdAt >= service.createdAt;
