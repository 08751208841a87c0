import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import type { Logger } from "@aws-lambda-powertools/logger";
import chain from "@middy/core";
import type { MiddlewareObj } from "@middy/core";
import { readStage } from "../environment.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import type { MetricsRecorder } from "../metrics.ts";

/**
 * A composition root on AWS: one function's handler, made once for each instance of it. What the
 * handler logs carries the function's name and the request's id; what it records is a line of the log.
 */
export function lambdaFunction<Event, Result>(
  name: string,
  makeHandler: (log: Logger, metrics: MetricsRecorder) => (event: Event) => Promise<Result>,
) {
  const logger = createLog(name);
  const metrics = createMetrics({
    stage: readStage(process.env),
    functionName: name,
    write: (line) => process.stdout.write(`${line}\n`),
  });
  const handler = makeHandler(logger, metrics);
  return chain<Event, Result>()
    .use(injectLambdaContext(logger))
    .use(countingColdStart(metrics))
    .handler((event) => handler(event));
}

function countingColdStart(metrics: MetricsRecorder): MiddlewareObj {
  let isFirst = true;
  return {
    before: () => {
      if (isFirst) metrics.record("ColdStarts", 1);
      isFirst = false;
    },
  };
}
