import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import type { Logger } from "@aws-lambda-powertools/logger";
import chain from "@middy/core";
import { createLog } from "../log.ts";

/**
 * A composition root on AWS: one function's handler, made once for each instance of it. What the
 * handler logs carries the function's name and the request's id.
 */
export function lambdaFunction<Event, Result>(
  name: string,
  makeHandler: (log: Logger) => (event: Event) => Promise<Result>,
) {
  const logger = createLog(name);
  const handler = makeHandler(logger);
  return chain<Event, Result>()
    .use(injectLambdaContext(logger))
    .handler((event) => handler(event));
}
