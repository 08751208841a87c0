import { type EcsEvent, EVENT_SOURCE } from "@berth/contracts/ecs-event";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { Scope } from "@berth/domain/arn";
import { sha256Hex } from "../request-hash.ts";

/**
 * An event as EventBridge shows it. Its id is of Berth's own and follows from the event: told twice,
 * it has one id.
 */
export function toldEvent({ region, account }: Scope, event: EcsEvent): ToldEvent {
  const { detailType, resource, time, detail } = event;
  return {
    version: "0",
    id: asUuid(sha256Hex(JSON.stringify([detailType, resource, time, detail]))),
    "detail-type": detailType,
    source: EVENT_SOURCE,
    account,
    time: new Date(time).toISOString(),
    region,
    resources: [resource],
    detail: JSON.parse(JSON.stringify(detail)) as ToldEvent["detail"],
  };
}

/** Source: RFC 9562, 5.8: of a digest, in a form of one's own. */
function asUuid(hex: string): string {
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join("-");
}
