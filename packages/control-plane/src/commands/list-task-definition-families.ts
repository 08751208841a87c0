import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import type { TaskDefinition } from "@berth/domain/task-definition";
import type { CommandContext } from "../context.ts";
import type { Command } from "./command.ts";
import { validFamilyPrefix } from "./family-prefix.ts";
import { nextToken, pageRequest } from "./paging.ts";

type FamilyStatus = NonNullable<EcsRequest<"ListTaskDefinitionFamilies">["status"]>;

const REVISIONS: Readonly<Record<FamilyStatus, readonly TaskDefinition["status"][]>> = {
  ACTIVE: ["ACTIVE"],
  INACTIVE: ["INACTIVE"],
  ALL: ["ACTIVE", "INACTIVE"],
};

/**
 * Families by name; `familyPrefix` is a prefix here. A family is ACTIVE as long as any revision is.
 *
 * @throws EcsError InvalidParameterException
 */
export const listTaskDefinitionFamilies: Command<"ListTaskDefinitionFamilies"> = async (
  context,
  request,
) => {
  const prefix = validFamilyPrefix(request.familyPrefix);
  const status = request.status ?? "ALL";
  const page = await context.store.taskDefinitions.listFamilies(
    {
      statuses: REVISIONS[status],
      ...(prefix !== undefined && { prefix }),
    },
    pageRequest(request),
  );
  const families = status === "INACTIVE" ? await withoutActive(context, page.items) : page.items;
  return { families: [...families], ...nextToken(page.next) };
};

/** Leaves out families with an ACTIVE revision: the page gets shorter, as ECS allows. */
async function withoutActive(
  context: CommandContext,
  families: readonly string[],
): Promise<readonly string[]> {
  const active = await Promise.all(
    families.map((family) => context.store.taskDefinitions.findLatestActive(family)),
  );
  return families.filter((_, index) => active[index] === undefined);
}
