import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { containerInstanceId } from "./identifiers.ts";

/**
 * The instances that a request names, each once, in its order.
 *
 * @throws EcsError ClientException, InvalidParameterException
 */
export function instanceIds(
  context: CommandContext,
  cluster: string,
  named: { readonly idsOrArns: readonly string[] | undefined; readonly max: number },
): readonly string[] {
  const { idsOrArns = [], max } = named;
  if (idsOrArns.length === 0) {
    throw new EcsError("ClientException", "Container Instances cannot be empty.");
  }
  if (idsOrArns.length > max) {
    throw new EcsError("InvalidParameterException", `instanceIds can have at most ${max} items.`);
  }
  return [...new Set(idsOrArns.map((each) => containerInstanceId(context.scope, cluster, each)))];
}

export const instanceNotFound = (id: string) =>
  new EcsError("InvalidParameterException", `Referenced container instance ${id} not found.`);
