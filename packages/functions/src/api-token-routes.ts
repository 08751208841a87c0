import { createApiTokenBody } from "@berth/contracts/rest/api-tokens";
import {
  createApiToken,
  deleteApiToken,
  getApiToken,
  listApiTokens,
} from "@berth/control-plane/access/api-tokens";
import { readBody } from "./rest-call.ts";
import { opaque, readPage } from "./rest-page.ts";
import type { RestRoutes } from "./rest-routes.ts";

/** Policies can name these actions, and no single token: who may make one can make any. */
const allowedBy = (action: string) => () => ({ action: `berth:${action}`, resources: [] });

/** Bearer tokens of principals: `/v1/tokens`. */
export const apiTokenRoutes: RestRoutes = {
  "POST /v1/tokens": {
    kind: "signed",
    status: 201,
    access: allowedBy("CreateToken"),
    call: (context, { body }) => createApiToken(context, readBody(createApiTokenBody, body)),
  },
  "GET /v1/tokens": {
    kind: "signed",
    access: allowedBy("ListTokens"),
    call: async (context, { parameters }) =>
      opaque(await listApiTokens(context, readPage(parameters))),
  },
  "GET /v1/tokens/:id": {
    kind: "signed",
    access: allowedBy("GetToken"),
    call: (context, { parameters: { id = "" } }) => getApiToken(context, id),
  },
  "DELETE /v1/tokens/:id": {
    kind: "signed",
    access: allowedBy("DeleteToken"),
    call: (context, { parameters: { id = "" } }) => deleteApiToken(context, id),
  },
};
