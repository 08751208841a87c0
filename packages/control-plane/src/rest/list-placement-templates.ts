import { PLACEMENT_TEMPLATES, type PlacementTemplate } from "@berth/domain/placement-templates";

/** The named templates with the JSON that each stands for: `GET /v1/placement-templates`. */
export const listPlacementTemplates = (): {
  readonly templates: readonly PlacementTemplate[];
} => ({ templates: PLACEMENT_TEMPLATES });
