import {
  readControllerQueues,
  readEnvironment,
  readPublisherEnvironment,
  readStage,
  readSwaggerUiDirectory,
} from "@berth/functions/environment";
import { FUNCTION_LIMITS, type FunctionName } from "@berth/functions/function-limits";
import { readAccessKeys, readJoinRules, readKmsKeyId } from "@berth/functions/open-environment";
import { componentName } from "../deployment.ts";
import type { Deployment } from "../deployment.ts";
import { REGION } from "../synth/mocks.ts";

/** A function is told all that its code reads, and nothing of Berth's that it does not. */
export function environmentFaults(
  deployment: Deployment,
  entries: readonly FunctionName[],
): readonly string[] {
  return entries.flatMap((entry) => {
    const given = variablesOf(deployment, entry);
    const read = new Set<string | symbol>();
    const watched = new Proxy(given, {
      get: (variables, name) => {
        read.add(name);
        return Reflect.get(variables, name) as unknown;
      },
    });
    try {
      readAll(entry, watched);
    } catch (error) {
      return [`${entry}: ${(error as Error).message}`];
    }
    return Object.keys(given)
      .filter((name) => name.startsWith("BERTH_") && !read.has(name))
      .map((name) => `${entry}: nobody reads ${name}`);
  });
}

/** What the entry's composition root reads. */
function readAll(entry: FunctionName, env: Readonly<Record<string, string>>): void {
  const { role } = FUNCTION_LIMITS[entry];
  readStage(env);
  if (role === "public") {
    readSwaggerUiDirectory(env);
    return;
  }
  if (role === "forwarder") readControllerQueues(env);
  else if (role === "publisher") readPublisherEnvironment(env);
  else readEnvironment(env);
  if (role === "open") {
    readAccessKeys(env);
    readKmsKeyId(env);
  }
  if (entry === "api") readJoinRules(env);
}

/** What the stack sets, and what Lambda does. */
export function variablesOf(
  deployment: Deployment,
  entry: string,
): Readonly<Record<string, string>> {
  const { environment } = deployment.one(
    "lambda/function:Function",
    `${componentName(entry)}Function`,
  ) as { readonly environment: { readonly variables: Readonly<Record<string, string>> } };
  return { ...environment.variables, AWS_REGION: REGION };
}
