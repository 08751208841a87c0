import {
  type IncomingMessage,
  request as httpRequest,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream/promises";

/** Hands requests on to the log service as they come, and its answers back: neither is looked at here. */
export const forwardToLogService =
  (socketPath: string): RequestListener =>
  (request, response) => {
    const { method, url, headers } = request;
    const forwarded = httpRequest({ socketPath, method, path: url, headers });
    forwarded.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      pipeline(answer, response).catch(() => response.destroy());
    });
    forwarded.once("error", () => unavailable(request, response));
    pipeline(request, forwarded).catch(() => forwarded.destroy());
  };

/** It is started again within a moment, for which SDKs try again. */
function unavailable(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  request.resume();
  response.writeHead(503, { "content-type": "application/x-amz-json-1.1" });
  response.end(
    JSON.stringify({
      __type: "ServiceUnavailableException",
      message: "The log service does not answer.",
    }),
  );
}
