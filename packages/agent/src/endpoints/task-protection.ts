import {
  type ECSClient,
  ECSServiceException,
  type Failure,
  GetTaskProtectionCommand,
  type ProtectedTask,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { defined } from "@berth/domain/defined";
import { type EndpointAnswer, type EndpointRequest, json } from "./answer.ts";
import { protectionRefusal } from "./refusals.ts";

/** Which task, and who speaks for it. */
export interface ProtectedBy {
  readonly api: ECSClient;
  readonly cluster: string;
  readonly taskArn: string;
}

const TIMEOUT_MS = 4_000;

/**
 * A task asks about its own protection, or changes it. The agent's key speaks for it, since the keys
 * of a task role may be another authority's than the control plane's (ADR 0034).
 */
export async function answerTaskProtection(
  protectedBy: ProtectedBy,
  { method, body }: EndpointRequest,
): Promise<EndpointAnswer> {
  if (method === "GET") return ask(protectedBy, () => get(protectedBy));
  if (method !== "PUT") return { status: 405, contentType: "text/plain; charset=utf-8", body: "" };
  const wanted = readWanted(body);
  if (wanted === undefined) {
    return invalid(protectedBy, "UpdateTaskProtection: failed to decode request");
  }
  const { ProtectionEnabled: protectionEnabled, ExpiresInMinutes: expiresInMinutes } = wanted;
  if (protectionEnabled === undefined) {
    return invalid(protectedBy, "Invalid request: does not contain 'ProtectionEnabled' field");
  }
  return ask(protectedBy, () => update(protectedBy, { protectionEnabled, expiresInMinutes }));
}

interface Wanted {
  readonly ProtectionEnabled?: boolean;
  readonly ExpiresInMinutes?: number;
}

/** @returns undefined where it is anything else, a member more included */
function readWanted(body: string): Wanted | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const isRight = Object.entries(value).every(([name, member]) => {
    if (name === "ProtectionEnabled") return typeof member === "boolean";
    return name === "ExpiresInMinutes" && Number.isInteger(member);
  });
  return isRight ? value : undefined;
}

interface Outcome {
  readonly protectedTasks?: ProtectedTask[] | undefined;
  readonly failures?: Failure[] | undefined;
}

const get = ({ api, cluster, taskArn }: ProtectedBy): Promise<Outcome> =>
  api.send(new GetTaskProtectionCommand({ cluster, tasks: [taskArn] }), inTime());

const update = (
  { api, cluster, taskArn }: ProtectedBy,
  wanted: {
    readonly protectionEnabled: boolean;
    readonly expiresInMinutes: number | undefined;
  },
): Promise<Outcome> =>
  api.send(new UpdateTaskProtectionCommand({ cluster, tasks: [taskArn], ...wanted }), inTime());

const inTime = () => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });

async function ask(
  { taskArn }: ProtectedBy,
  call: () => Promise<Outcome>,
): Promise<EndpointAnswer> {
  try {
    const { protectedTasks: [protection] = [], failures: [failure] = [] } = await call();
    if (failure) {
      const { arn, reason, detail } = failure;
      return json(200, { failure: defined({ Arn: arn, Reason: reason, Detail: detail }) });
    }
    return json(200, {
      protection: defined({
        ProtectionEnabled: protection?.protectionEnabled ?? false,
        ExpirationDate: protection?.expirationDate?.toISOString(),
        TaskArn: protection?.taskArn ?? taskArn,
      }),
    });
  } catch (error) {
    return faultAnswer(taskArn, error);
  }
}

function faultAnswer(taskArn: string, error: unknown): EndpointAnswer {
  if (error instanceof ECSServiceException) {
    const { $metadata, name, message } = error;
    const status = $metadata.httpStatusCode ?? 500;
    return protectionRefusal(
      status,
      { Arn: taskArn, Code: name, Message: message },
      $metadata.requestId,
    );
  }
  const isLate = error instanceof Error && /abort|timeout/i.test(error.name);
  return isLate
    ? protectionRefusal(504, {
        Arn: taskArn,
        Code: "RequestCanceled",
        Message: "Timed out calling ECS Task Protection API",
      })
    : protectionRefusal(500, {
        Arn: taskArn,
        Code: "ServerException",
        Message: "Unexpected error occurred",
      });
}

const invalid = ({ taskArn }: ProtectedBy, Message: string): EndpointAnswer =>
  protectionRefusal(400, { Arn: taskArn, Code: "InvalidParameterException", Message });
