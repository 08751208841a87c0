import { readSwaggerUiDirectory } from "../environment.ts";
import { lambdaFunction } from "../lambda/lambda-function.ts";
import { measured } from "../metrics.ts";
import { createReferenceHandler } from "../reference/handler.ts";

export const handler = lambdaFunction("reference", (_log, metrics) =>
  measured(metrics, createReferenceHandler(readSwaggerUiDirectory(process.env))),
);
