import type { Credential, FindAccessKey } from "@berth/control-plane/access/find-access-key";
import type { Scope } from "@berth/domain/arn";
import { isEcsError } from "@berth/domain/errors";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { EventBridgeRefusal } from "../event-bridge/refusal.ts";
import type { HttpHandler } from "../http/listener.ts";
import { bodyOf, callerOf } from "../http/signed-event.ts";
import type { Operation } from "./operation.ts";
import { ServiceRefusal } from "./service-refusal.ts";

export interface JsonServiceOptions<Context> {
  /** As requests are signed for it and policies name it, such as `ssm`. */
  readonly service: string;
  /** As people know it. */
  readonly title: string;
  readonly operations: ReadonlyMap<string, Operation<Context>>;
  readonly context: Context & { readonly scope: Scope; readonly now: () => number };
  readonly findAccessKey: FindAccessKey;
}

/** An embedded service of AWS that speaks awsJson1.1, for whoever has a key and a policy that lets him. */
export function createJsonService<Context>(options: JsonServiceOptions<Context>): HttpHandler {
  return async (event) => {
    const { context, findAccessKey, service } = options;
    const caller = await callerOf<Credential>(event, {
      findAccessKey,
      now: context.now(),
      service,
    });
    if (isEcsError(caller)) return failure(caller);
    const name = event.headers["x-amz-target"]?.split(".")[1] ?? "";
    const asker = { ...caller, scope: context.scope };
    const body = bodyOf(event).toString("utf8");
    return run(options, name, { action: `${service}:${name}`, body, asker });
  };
}

function run<Context>(
  { operations, context, title }: JsonServiceOptions<Context>,
  name: string,
  call: Parameters<Operation<Context>>[1],
): APIGatewayProxyStructuredResultV2 {
  try {
    const operation = operations.get(name);
    if (operation) return answer(200, operation(context, call));
    throw new ServiceRefusal(
      "UnknownOperationException",
      `The ${title} of one machine does not have the operation ${name}.`,
    );
  } catch (error) {
    if (isRefusal(error)) return failure(error);
    throw error;
  }
}

const isRefusal = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof ServiceRefusal || error instanceof EventBridgeRefusal || isEcsError(error);

const failure = ({ code, message }: { readonly code: string; readonly message: string }) =>
  answer(400, { __type: code, message });

const answer = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify(body),
});
