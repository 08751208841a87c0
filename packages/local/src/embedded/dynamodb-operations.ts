import type { Callback, Store } from "dynalite/db/index.js";
import validations from "dynalite/validations/index.js";

export interface Answer {
  readonly status: number;
  readonly output: object;
}

interface Operation {
  readonly act: (store: Store, input: object, callback: Callback) => void;
  readonly types: object;
  readonly custom: unknown;
}

/** What dynalite has of each operation, by the names of its files. */
const OPERATIONS: Readonly<Record<string, Operation>> = Object.fromEntries(
  await Promise.all(
    [
      "batchGetItem",
      "createTable",
      "deleteItem",
      "describeTable",
      "getItem",
      "putItem",
      "query",
      "scan",
    ].map(async (name) => [name, await loadOperation(name)] as const),
  ),
);

async function loadOperation(name: string): Promise<Operation> {
  const [{ default: act }, { types, custom }] = await Promise.all([
    import(`dynalite/actions/${name}.js`) as Promise<{ default: Operation["act"] }>,
    import(`dynalite/validations/${name}.js`) as Promise<Pick<Operation, "types" | "custom">>,
  ]);
  return { act, types, custom };
}

/** Carries out one request as DynamoDB would, its errors included. */
export async function answerOperation(store: Store, name: string, body: string): Promise<Answer> {
  const operation = OPERATIONS[name.charAt(0).toLowerCase() + name.slice(1)];
  if (!operation) return refused("com.amazon.coral.service#UnknownOperationException");
  try {
    const input = validations.checkTypes(JSON.parse(body) as object, operation.types);
    validations.checkValidations(input, operation.types, operation.custom, store);
    return { status: 200, output: await perform(operation, store, input) };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return refused("com.amazon.coral.service#SerializationException");
    }
    if (isRefusal(error)) return { status: error.statusCode, output: error.body };
    return { status: 500, output: { __type: "InternalServerError", message: String(error) } };
  }
}

const perform = async ({ act }: Operation, store: Store, input: object): Promise<object> =>
  new Promise((resolve, reject) => {
    act(store, input, (error, output) => {
      if (error instanceof Error) reject(error);
      else resolve(output as object);
    });
  });

interface Refusal {
  readonly statusCode: number;
  readonly body: object;
}

/** What dynalite throws where DynamoDB answers an error. */
const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && "statusCode" in error && "body" in error;

const refused = (type: string): Answer => ({ status: 400, output: { __type: type } });
