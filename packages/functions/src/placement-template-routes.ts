import { listPlacementTemplates } from "@berth/control-plane/rest/list-placement-templates";
import type { RestRoutes } from "./rest-routes.ts";

/** The named ways to place: `/v1/placement-templates`. */
export const placementTemplateRoutes: RestRoutes = {
  "GET /v1/placement-templates": {
    kind: "signed",
    access: () => ({ action: "berth:ListPlacementTemplates", resources: [] }),
    call: async () => listPlacementTemplates(),
  },
};
