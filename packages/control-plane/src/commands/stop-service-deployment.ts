import { serviceDeploymentArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { isTerminal } from "@berth/domain/service-deployment";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import type { Command } from "./command.ts";
import { findServiceDeployments } from "./find-service-deployments.ts";
import { type ServiceChildRef, serviceChildRef } from "./identifiers.ts";

/**
 * Has a service deployment rolled back, whatever its configuration says. One that is on its way back
 * already, or being replaced, is answered as it is.
 *
 * @throws EcsError ConflictException, InvalidParameterException, ServiceDeploymentNotFoundException, UnsupportedFeatureException
 */
export const stopServiceDeployment: Command<"StopServiceDeployment"> = async (context, request) => {
  if ((request.stopType ?? "ROLLBACK") !== "ROLLBACK") {
    // It is in ECS's model, and nowhere in its documentation.
    throw new EcsError(
      "UnsupportedFeatureException",
      `stopType ${request.stopType} is not supported: only ROLLBACK is.`,
    );
  }
  const arn = request.serviceDeploymentArn ?? "";
  const ref = serviceChildRef(context.scope, "service-deployment", arn);
  const stopped = await requestRollback(context, ref);
  if (!stopped) throw await whyNot(context, ref);
  await context.relay.wake({ kind: "service", cluster: ref.cluster, service: ref.name });
  return { serviceDeploymentArn: serviceDeploymentArn(context.scope, ref, ref.id) };
};

/** @returns whether there was a service deployment that could be stopped. */
async function requestRollback(
  context: CommandContext,
  { cluster, name, id }: ServiceChildRef,
): Promise<boolean> {
  const { services } = context.store;
  const asked = await persist<Service>(
    () => services.findLatest(cluster, name),
    (service) => {
      const record = service.serviceDeployments.find((each) => each.id === id);
      if (record?.status !== "PENDING" && record?.status !== "IN_PROGRESS") return undefined;
      const now = context.now();
      const asked = { ...record, status: "ROLLBACK_REQUESTED" as const, updatedAt: now };
      return {
        ...service,
        serviceDeployments: service.serviceDeployments.map((each) =>
          each === record ? asked : each,
        ),
        due: now,
      };
    },
    (service) => services.replace(service),
  );
  const record = asked?.item.serviceDeployments.find((each) => each.id === id);
  return record !== undefined && !isTerminal(record);
}

async function whyNot(context: CommandContext, ref: ServiceChildRef): Promise<EcsError> {
  const found = await findServiceDeployments(context, ref, [ref.id]);
  const [record] = found?.records ?? [];
  return record
    ? new EcsError(
        "ConflictException",
        `The service deployment cannot be stopped because its status is ${record.status}.`,
      )
    : new EcsError("ServiceDeploymentNotFoundException", "Service deployment not found.");
}
