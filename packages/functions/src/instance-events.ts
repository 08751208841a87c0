import type { HostNotice } from "@berth/domain/container-instance";
import type { EventBridgeEvent } from "aws-lambda";
import { readHostNotice } from "./host-notice.ts";
import type { Log } from "./log.ts";

/** What the default bus carries: of which kind is told by source and detail type. */
export type InstanceEvent = EventBridgeEvent<string, unknown>;

export type InstanceEventsHandler = (event: InstanceEvent) => Promise<void>;

/**
 * Hands on what EC2 and Auto Scaling tell of machines. What it cannot read would not be better the
 * next time, so it is logged and dropped; where it fails, Lambda tries again.
 *
 * @param note gives back the instances for which it was news.
 */
export function createInstanceEventsHandler(
  note: (notice: HostNotice) => Promise<readonly unknown[]>,
  log: Log,
): InstanceEventsHandler {
  return async (event) => {
    const { id, source, "detail-type": detailType } = event;
    const reading = readHostNotice(event);
    if (reading.kind === "unreadable") {
      log.warn("Ignored an event", { id, source, detailType, why: reading.why });
      return;
    }
    const { notice } = reading;
    const instances = await note(notice);
    // Machines that are no container instances are most of those in an account.
    if (instances.length > 0) log.info("A machine leaves or has ended", { ...notice, instances });
  };
}
