import { createCloudWatchClient } from "@berth/aws/clients";
import { createCloudWatchAlarms } from "@berth/aws/cloudwatch-alarms";
import { NO_CLOUDWATCH } from "@berth/control-plane/alarms/no-cloudwatch";
import { readHasCloudWatch } from "../environment.ts";
import type { Edge, ServiceEdge } from "../handlers.ts";
import { describeError } from "../log.ts";

/** Apart from the edge of the others: they neither look at alarms nor may. */
export function withCloudWatch<Given extends Edge>(edge: Given): Given & ServiceEdge {
  const { controlPlane, log } = edge;
  const { region } = controlPlane.scope;
  const alarms = readHasCloudWatch(process.env)
    ? createCloudWatchAlarms({
        client: createCloudWatchClient({ region }),
        now: () => controlPlane.now(),
        onFailure: (error) =>
          log.warn("CloudWatch's alarms are not to be seen", describeError(error)),
      })
    : NO_CLOUDWATCH;
  return { ...edge, alarms };
}
