import * as ecs from "@aws-sdk/client-ecs";
import { NormalizedSchema } from "@smithy/core/schema";

interface OperationSchemas {
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

type OperationSchema = typeof ecs.CreateCluster$;

/** Marks a static schema as one of an operation. Source: `StaticSchemaIdOperation` of @smithy/types. */
const OPERATION_SCHEMA_ID = 9;

const SCHEMAS: ReadonlyMap<string, OperationSchemas> = new Map(
  Object.values(ecs)
    .filter(isOperationSchema)
    .map(([, , name, , input, output]) => [
      name,
      { input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) },
    ]),
);

/** The shapes of what an operation takes and answers, as the AWS SDK ships them. */
export function schemasOf(operation: string): OperationSchemas {
  const schemas = SCHEMAS.get(operation);
  if (!schemas) throw new Error(`The AWS SDK has no schema of ${operation}.`);
  return schemas;
}

function isOperationSchema(exported: unknown): exported is OperationSchema {
  return Array.isArray(exported) && exported[0] === OPERATION_SCHEMA_ID;
}
