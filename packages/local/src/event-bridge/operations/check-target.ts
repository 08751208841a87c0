import { isReadablePath } from "../delivery/event-path.ts";
import { placeholdersIn, RESERVED_VARIABLES } from "../delivery/input-template.ts";
import { whyHeaderIsRefused } from "../delivery/request-headers.ts";
import { invalid, invalidParameter } from "../refusal.ts";
import { isClusterArn } from "../rule-target.ts";
import { findDestination } from "./find-destination.ts";
import type { OperationContext } from "./operation.ts";
import type { TargetInput } from "./targets.ts";

/**
 * Whether events can be delivered there in that form.
 *
 * @throws EventBridgeRefusal ValidationException, ResourceNotFoundException
 */
export function checkTarget(context: OperationContext, target: TargetInput): void {
  checkArn(context, target);
  checkInput(target);
  checkHttpParameters(target);
  if (target.DeadLetterConfig?.Arn !== undefined) {
    throw invalidParameter(
      "DeadLetterConfig",
      "One machine has no queues for dead letters: what is given up is told in the log.",
    );
  }
}

function checkArn(context: OperationContext, { Id, Arn: arn, EcsParameters }: TargetInput): void {
  if (!/^arn:[\w:\-/]*/.test(arn)) {
    throw invalidParameter(arn, "Provided Arn is not in correct format.");
  }
  if (isClusterArn(arn)) {
    if (EcsParameters) return;
    throw invalid(`Parameter(s) EcsParameters must be specified for target: ${Id}.`);
  }
  if (!/^arn:aws:events:[^:]*:[^:]*:api-destination\//.test(arn)) {
    throw invalidParameter(
      arn,
      "The EventBridge of one machine delivers to API destinations and to clusters only.",
    );
  }
  findDestination(context.book, arn);
}

function checkInput({ Id, Input, InputPath, InputTransformer }: TargetInput): void {
  const given = [Input, InputPath, InputTransformer].filter((each) => each !== undefined);
  if (given.length > 1) {
    throw invalid(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`,
    );
  }
  if (Input !== undefined && !isJson(Input)) {
    throw invalidParameter("Input", `Input for target ${Id} is not JSON.`);
  }
  checkPath(Id, InputPath);
  if (InputTransformer) checkTransformer(Id, InputTransformer);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function checkPath(id: string, path: string | undefined): void {
  if (path === undefined || isReadablePath(path)) return;
  throw invalidParameter("InputPath", `${path} for target ${id} is no JSON path of an event.`);
}

/** Source: EventBridge API reference, InputTransformer. */
const MAX_PATHS = 100;

function checkTransformer(
  id: string,
  { InputPathsMap = {}, InputTemplate }: NonNullable<TargetInput["InputTransformer"]>,
): void {
  const paths = Object.entries(InputPathsMap);
  if (paths.length > MAX_PATHS) {
    throw invalidParameter("InputPathsMap", `It can have at most ${MAX_PATHS} paths.`);
  }
  for (const [name, path] of paths) {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name) || name.startsWith("AWS")) {
      throw invalidParameter("InputPathsMap", `${name} is no name for a variable.`);
    }
    checkPath(id, path);
  }
  const unknown = placeholdersIn(InputTemplate).find(
    (name) => !Object.hasOwn(InputPathsMap, name) && !RESERVED_VARIABLES.has(name),
  );
  if (unknown === undefined) return;
  throw invalidParameter(
    "InputTemplate",
    `InputTemplate for target ${id} has the placeholder <${unknown}>, which InputPathsMap does not have.`,
  );
}

function checkHttpParameters({ HttpParameters }: TargetInput): void {
  for (const [name, value] of Object.entries(HttpParameters?.HeaderParameters ?? {})) {
    const reason = whyHeaderIsRefused(name, value);
    if (reason !== undefined) throw invalidParameter("HeaderParameters", reason);
  }
}
