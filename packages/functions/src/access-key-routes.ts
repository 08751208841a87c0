import { createAccessKeyBody, updateAccessKeyBody } from "@berth/contracts/rest/access-keys";
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKey,
  listAccessKeys,
  updateAccessKey,
} from "@berth/control-plane/access/access-keys";
import type { SecretSealer } from "@berth/control-plane/access/secret-box";
import { z } from "zod";
import { readBody } from "./rest-call.ts";
import { opaque, readPage } from "./rest-page.ts";
import type { RestRoutes } from "./rest-routes.ts";

const filterQuery = z.object({ temporary: z.stringbool().default(false) });

/** Policies can name these actions, and no single key: who may make one can make any. */
const allowedBy = (action: string) => () => ({ action: `berth:${action}`, resources: [] });

/** Keys of principals and agents: `/v1/access-keys`. */
export function accessKeyRoutes(sealer: SecretSealer): RestRoutes {
  return {
    "POST /v1/access-keys": {
      kind: "signed",
      status: 201,
      access: allowedBy("CreateAccessKey"),
      call: (context, { body }) =>
        createAccessKey(context, sealer, readBody(createAccessKeyBody, body)),
    },
    "GET /v1/access-keys": {
      kind: "signed",
      access: allowedBy("ListAccessKeys"),
      call: async (context, { parameters }) => {
        const filter = readBody(filterQuery, parameters);
        return opaque(await listAccessKeys(context, filter, readPage(parameters)));
      },
    },
    "GET /v1/access-keys/:id": {
      kind: "signed",
      access: allowedBy("GetAccessKey"),
      call: (context, { parameters: { id = "" } }) => getAccessKey(context, id),
    },
    "PATCH /v1/access-keys/:id": {
      kind: "signed",
      access: allowedBy("UpdateAccessKey"),
      call: (context, { parameters: { id = "" }, body }) =>
        updateAccessKey(context, id, readBody(updateAccessKeyBody, body)),
    },
    "DELETE /v1/access-keys/:id": {
      kind: "signed",
      access: allowedBy("DeleteAccessKey"),
      call: (context, { parameters: { id = "" } }) => deleteAccessKey(context, id),
    },
  };
}
