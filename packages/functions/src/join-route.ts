import { JOIN_PATH, joinBody } from "@berth/contracts/rest/join";
import { joinInstance } from "@berth/control-plane/access/join-instance";
import type { JoinParts } from "@berth/control-plane/access/join-instance";
import type { Log } from "./log.ts";
import { readBody } from "./rest-call.ts";
import type { RestRoutes } from "./rest-routes.ts";

/** Where EC2 instances get their agents' keys. Who calls has none yet: the body says who he is. */
export function joinRoutes(parts: JoinParts, log: Log): RestRoutes {
  return {
    [`POST ${JOIN_PATH}`]: {
      kind: "open",
      call: async (controlPlane, { body }) => {
        const { url } = readBody(joinBody, body);
        const { ec2InstanceId, answer } = await joinInstance(controlPlane, parts, url);
        const { accessKeyId, expiresAt } = answer;
        log.info("An instance joined", { ec2InstanceId, accessKeyId, expiresAt });
        return answer;
      },
    },
  };
}
