import model from "./ecs-model.json" with { type: "json" };

/** Every operation of the ECS API model, those included that Berth does not carry out yet. */
export type ModelOperationName = keyof typeof model.operations;

const TARGET_PREFIX = "AmazonEC2ContainerServiceV20141113.";
const MODEL: Readonly<Record<string, { readonly errors: readonly string[] }>> = model.operations;

/**
 * The operation that an `X-Amz-Target` header names, or undefined where the model has none of that
 * name. The model decides: operations that only a newer SDK knows are unknown.
 */
export function findOperation(target: string | undefined): ModelOperationName | undefined {
  if (!target?.startsWith(TARGET_PREFIX)) return undefined;
  const name = target.slice(TARGET_PREFIX.length);
  return isModelOperation(name) ? name : undefined;
}

/** Whether the operation may answer with this error, by the model. */
export function hasModelledError(operation: ModelOperationName, code: string): boolean {
  return MODEL[operation]?.errors.includes(code) ?? false;
}

/** Whether the operation changes nothing, so that repeating it is harmless. */
export function isReadOnly(operation: ModelOperationName): boolean {
  return /^(Describe|List|Get|Discover)/.test(operation);
}

/** All of the model, in its order. */
export function operationNames(): readonly ModelOperationName[] {
  return Object.keys(MODEL) as ModelOperationName[];
}

function isModelOperation(name: string): name is ModelOperationName {
  return Object.hasOwn(MODEL, name);
}
