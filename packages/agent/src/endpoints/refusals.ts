import { type EndpointAnswer, type EndpointRequest, json, text } from "./answer.ts";
import { type EndpointRoute, routeOf } from "./route.ts";

/* Codes and texts are those of the ECS agent: programs look for them. */

/** What is said to who names nothing that any agent here knows. */
export function unknownAnswer({ path, query }: EndpointRequest): EndpointAnswer {
  const route = routeOf(path, query);
  switch (route?.kind) {
    case undefined:
      return text(404, "404 page not found\n");
    case "credentials":
      return credentialsNotFound(route);
    case "metadata":
      return json(404, metadataNotFound(route));
    case "taskProtection":
      return protectionRefusal(404, {
        Code: "ResourceNotFoundException",
        Message: "Failed to find a task for the request",
      });
  }
}

type CredentialsRoute = Extract<EndpointRoute, { kind: "credentials" }>;
type MetadataRoute = Extract<EndpointRoute, { kind: "metadata" }>;

function credentialsNotFound(route: CredentialsRoute): EndpointAnswer {
  return route.id === ""
    ? credentialsRefusal(route, "NoIdInRequest", "No Credential ID in the request")
    : credentialsRefusal(route, "InvalidIdInRequest", "Credentials not found");
}

/** The task is known, and its keys have not come yet: it had better ask again. */
export const credentialsUninitialized = (route: CredentialsRoute): EndpointAnswer =>
  credentialsRefusal(route, "CredentialsUninitialized", "Credentials uninitialized for ID", 503);

function credentialsRefusal(
  { version }: CredentialsRoute,
  code: string,
  why: string,
  status = 400,
): EndpointAnswer {
  const message = `CredentialsV${version}Request: ${why}`;
  return json(status, { code, message, HTTPErrorCode: status });
}

const LOOKED_FOR: Readonly<
  Record<MetadataRoute["of"], readonly [string, "docker ID" | "task Arn"]>
> = {
  container: ["container metadata handler", "docker ID"],
  task: ["task metadata handler", "task Arn"],
  taskWithTags: ["task metadata handler", "task Arn"],
  stats: ["container stats handler", "task Arn"],
  taskStats: ["task stats handler", "task Arn"],
};

function metadataNotFound({ version, id, of }: MetadataRoute): string {
  const [handler, what] = LOOKED_FOR[of];
  const named = what === "docker ID" ? "container ID" : "task arn";
  return `V${version} ${handler}: unable to get ${named} from request: unable to get ${what} from v3 endpoint ID: ${id}`;
}

export interface ProtectionFault {
  readonly Code: string;
  readonly Message: string;
  readonly Arn?: string;
}

export const protectionRefusal = (
  status: number,
  error: ProtectionFault,
  requestId?: string,
): EndpointAnswer => json(status, { ...(requestId && { requestID: requestId }), error });

/** Nobody knows yet whether the container is one of this agent's: it has only just started. */
export const startingAnswer = (): EndpointAnswer => text(503, "The agent is starting\n");

export const tooManyAnswer = (): EndpointAnswer =>
  text(429, "You have reached maximum request limit.");
