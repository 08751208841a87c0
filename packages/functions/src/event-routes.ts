import { setTimeout as sleep } from "node:timers/promises";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { type EventPage, eventsQuery, type EventsQuery } from "@berth/contracts/rest/events";
import { clusterName } from "@berth/control-plane/commands/identifiers";
import type { CommandContext } from "@berth/control-plane/context";
import { cursorOfNow, type EventsFound, readEvents } from "@berth/control-plane/rest/read-events";
import { clusterArn, type Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { onOneClusterOrAll } from "./cluster-access.ts";
import { json } from "./json-response.ts";
import { readBody } from "./rest-call.ts";
import type { RestCall } from "./rest-once.ts";
import { parametersOf } from "./rest-routes.ts";
import type { RestRoutes } from "./rest-routes.ts";

/** Waits so many ms. */
export type Pause = (ms: number) => Promise<unknown>;

const POLL_MS = 1_000;
/** So often a stream says that it is alive: proxies cut what is silent for longer. */
const HEARTBEAT_SECONDS = 15;
/** After which a browser comes again. */
const RETRY_MS = 1_000;

const EVENT_STREAM = "text/event-stream";

/**
 * What was told: `GET /v1/events`, as pages, or as server-sent events for who accepts those. A stream
 * is as long as API Gateway lets an answer be made: its reader comes again with `Last-Event-ID`, and
 * misses nothing (ADR 0029).
 */
export const eventRoutes = (pause: Pause = sleep): RestRoutes => ({
  "GET /v1/events": {
    kind: "raw",
    access: onOneClusterOrAll("berth:ListEvents"),
    call: (context, call) => {
      const query = readBody(eventsQuery, parametersOf(call));
      return acceptsStream(call)
        ? stream(context, call, { query, pause })
        : page(context, { query, pause });
    },
  },
});

interface Asked {
  readonly query: EventsQuery;
  readonly pause: Pause;
}

const acceptsStream = ({ headers }: RestCall): boolean =>
  (headers["accept"] ?? "").includes(EVENT_STREAM);

async function page(
  context: CommandContext,
  asked: Asked,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { cursor, waitSeconds = 0 } = asked.query;
  const { events, next } = await waitForEvents(context, asked, { cursor, waitSeconds });
  const answer: EventPage = { events: events.map(({ event }) => event), next };
  return json(200, answer);
}

async function stream(
  context: CommandContext,
  { headers }: RestCall,
  asked: Asked,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { cursor: first, waitSeconds = HEARTBEAT_SECONDS } = asked.query;
  const cursor = headers["last-event-id"] ?? first ?? cursorOfNow(context);
  const { events, next } = await waitForEvents(context, asked, { cursor, waitSeconds });
  return {
    statusCode: 200,
    headers: { "content-type": EVENT_STREAM, "cache-control": "no-store" },
    body: [`retry: ${RETRY_MS}\n`, ...events.map(told), `: alive\nid: ${next}\n\n`].join(""),
  };
}

/** JSON has no line breaks of its own. Source: HTML standard, 9.2.5. */
const told = ({ event, cursor }: EventsFound["events"][number]): string =>
  `id: ${cursor}\nevent: ${event["detail-type"]}\ndata: ${JSON.stringify(event)}\n\n`;

/** Answers as soon as there is something, or after the time is over. */
async function waitForEvents(
  context: CommandContext,
  { query, pause }: Asked,
  from: { readonly cursor: string | undefined; readonly waitSeconds: number },
): Promise<EventsFound> {
  const matches = matcher(context.scope, query);
  const until = context.now() + from.waitSeconds * 1_000;
  let { cursor } = from;
  for (;;) {
    const found = await readEvents(context, {
      limit: query.limit,
      matches,
      ...defined({ cursor }),
    });
    if (found.events.length > 0 || context.now() >= until) return found;
    cursor = found.next;
    await pause(POLL_MS);
  }
}

function matcher(scope: Scope, { cluster, detailType }: EventsQuery) {
  const arn = cluster === undefined ? undefined : clusterArn(scope, clusterName(scope, cluster));
  return (event: ToldEvent): boolean =>
    (detailType === undefined || event["detail-type"] === detailType) &&
    (arn === undefined || event.detail["clusterArn"] === arn);
}
