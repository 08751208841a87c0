import type { ToldEvent } from "@berth/contracts/ecs-event";
import type { ApiDestination, Connection, InvocationParameter } from "../rule-book.ts";
import type { HttpParameters, RuleTarget } from "../rule-target.ts";
import { isObject } from "../pattern/read-pattern.ts";
import { valueAt } from "./event-path.ts";

/** A request to be sent. Has the connection's secrets. */
export interface DestinationCall {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface CallParts {
  readonly destination: ApiDestination;
  readonly connection: Connection;
  readonly target: RuleTarget;
  readonly event: ToldEvent;
  /** What the target is sent. */
  readonly input: string;
}

/** What is asked of an API destination for an event. Source: EventBridge user guide, API destinations. */
export function destinationCall(parts: CallParts): DestinationCall {
  const { destination, connection, target, event, input } = parts;
  const { InvocationHttpParameters: invocation = {} } = connection.authParameters;
  const ofTarget = resolved(target.HttpParameters, event);
  return {
    url: urlOf(destination, ofTarget, invocation.QueryStringParameters),
    method: destination.httpMethod,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Berth/EventBridge/ApiDestinations",
      ...lowerCased(ofTarget.HeaderParameters),
      // What the connection says wins: that is how it says who calls.
      ...lowerCased(asRecord(invocation.HeaderParameters)),
      ...authorization(connection),
    },
    body: withBodyParameters(input, invocation.BodyParameters),
  };
}

const lowerCased = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const asRecord = (parameters: readonly InvocationParameter[] = []) =>
  Object.fromEntries(parameters.map(({ Key, Value }) => [Key, Value]));

function authorization({ authorizationType, authParameters }: Connection): Record<string, string> {
  if (authorizationType === "API_KEY") {
    const { ApiKeyName = "", ApiKeyValue = "" } = authParameters.ApiKeyAuthParameters ?? {};
    return { [ApiKeyName.toLowerCase()]: ApiKeyValue };
  }
  const { Username = "", Password = "" } = authParameters.BasicAuthParameters ?? {};
  const pair = Buffer.from(`${Username}:${Password}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}

/** Values that are paths become what the event has there. */
function resolved(parameters: HttpParameters = {}, event: ToldEvent): HttpParameters {
  const resolve = (text: string): string => {
    if (!text.startsWith("$.")) return text;
    const value = valueAt(event, text) ?? "";
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const resolveAll = (record: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, resolve(value)]));
  return {
    PathParameterValues: parameters.PathParameterValues?.map(resolve),
    HeaderParameters: resolveAll(parameters.HeaderParameters),
    QueryStringParameters: resolveAll(parameters.QueryStringParameters),
  };
}

function urlOf(
  { invocationEndpoint }: ApiDestination,
  { PathParameterValues = [], QueryStringParameters = {} }: HttpParameters,
  ofConnection: readonly InvocationParameter[] = [],
): URL {
  const url = new URL(invocationEndpoint);
  const values = [...PathParameterValues];
  url.pathname = url.pathname.replaceAll("*", () => encodeURIComponent(values.shift() ?? "*"));
  const query = { ...QueryStringParameters, ...asRecord(ofConnection) };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

function withBodyParameters(
  input: string,
  parameters: readonly InvocationParameter[] = [],
): string {
  if (parameters.length === 0) return input;
  let body: unknown;
  try {
    body = JSON.parse(input);
  } catch {
    return input;
  }
  return isObject(body) ? JSON.stringify({ ...body, ...asRecord(parameters) }) : input;
}
