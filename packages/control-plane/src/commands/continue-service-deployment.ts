import { EcsError } from "@berth/domain/errors";
import type { Command } from "./command.ts";
import { findServiceDeployments } from "./find-service-deployments.ts";
import { serviceChildRef } from "./identifiers.ts";

/**
 * Has a service deployment go on that waits at a lifecycle hook. None does: services with hooks are
 * refused when they are made.
 *
 * @throws EcsError ClientException, InvalidParameterException, ServiceDeploymentNotFoundException
 */
export const continueServiceDeployment: Command<"ContinueServiceDeployment"> = async (
  context,
  { serviceDeploymentArn = "", hookId = "" },
) => {
  const ref = serviceChildRef(context.scope, "service-deployment", serviceDeploymentArn);
  const found = await findServiceDeployments(context, ref, [ref.id]);
  if (!found?.records.length) {
    throw new EcsError("ServiceDeploymentNotFoundException", "Service deployment not found.");
  }
  throw new EcsError(
    "ClientException",
    `The service deployment does not wait at a lifecycle hook with id ${hookId}.`,
  );
};
