/**
 * One instance of a function: `node runtime-program.ts BUNDLE`. Loads the bundle as Lambda's runtime
 * does and invokes its handler for each message.
 */
import { pathToFileURL } from "node:url";
import type { Context } from "aws-lambda";
import type { Invocation, RuntimeMessage } from "./runtime-messages.ts";

interface FunctionModule {
  readonly handler: (event: unknown, context: Context) => Promise<unknown>;
}

const [, , bundle] = process.argv;
if (!bundle) throw new Error("Usage: runtime-program.ts BUNDLE");

const { handler } = (await import(pathToFileURL(bundle).href)) as FunctionModule;
// What ends it with its parent does not keep it alive.
process.channel?.ref();
process.on("message", (invocation: Invocation) => void invoke(invocation));
tell({ kind: "ready" });

async function invoke(invocation: Invocation): Promise<void> {
  const { id, event } = invocation;
  try {
    const result = await handler(event, contextOf(invocation));
    tell({ kind: "answered", id, result: result ?? null });
  } catch (error) {
    tell({ kind: "failed", id, error: error instanceof Error ? `${error.stack}` : String(error) });
  }
}

function tell(message: RuntimeMessage): void {
  process.send?.(message);
}

function contextOf({ id, functionName, memoryMiB, deadline }: Invocation): Context {
  return {
    awsRequestId: id,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMiB),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: String(process.pid),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
