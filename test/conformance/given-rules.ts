import { assert } from "@berth/domain/errors";
import { PLACEMENT_TEMPLATES } from "@berth/domain/placement-templates";
import type { PlacingRequest } from "./scenario.ts";

type Rules = Pick<PlacingRequest, "placementStrategy" | "placementConstraints">;

/** The strategies and constraints of a request: its own, or those of the template that it names. */
export function givenRules(request: PlacingRequest): Rules {
  if (request.operation !== "CreateService" || request.template === undefined) return request;
  const template = PLACEMENT_TEMPLATES.find(({ name }) => name === request.template);
  assert(template, `${request.template} is no template`);
  return {
    placementStrategy: [...template.placementStrategy],
    placementConstraints: [...template.placementConstraints],
  };
}
