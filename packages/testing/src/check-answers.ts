import { buffer } from "node:stream/consumers";
import type { ECSClient } from "@aws-sdk/client-ecs";
import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import { responseFaults } from "./response-faults.ts";

/** As the client's transport gives it: a stream over the wire, bytes in memory. */
interface RawResponse {
  readonly statusCode: number;
  body: Uint8Array | NodeJS.ReadableStream;
}

/**
 * Has the client fail for every answer that is not as the SDK's own schema of the operation has it:
 * the SDK itself leaves out what it does not know, and takes whatever type comes.
 */
export function checkAnswers(client: ECSClient): ECSClient {
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as RawResponse;
        const { statusCode, body } = response;
        const bytes = body instanceof Uint8Array ? body : await buffer(body);
        response.body = bytes;
        if (statusCode === 200) check(commandName.replace(/Command$/, ""), bytes);
        return result;
      },
    // After the SDK's own reader, which so gets what has been looked at.
    { step: "deserialize", priority: "low", name: "checkAnswers" },
  );
  return client;
}

function check(operation: string, body: Uint8Array): void {
  const answer: unknown = JSON.parse(Buffer.from(body).toString());
  const faults = responseFaults(schemasOf(operation).output, answer);
  if (faults.length > 0) throw new Error(`${operation} answers: ${faults.join("; ")}`);
}
