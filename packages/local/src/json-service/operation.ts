import { type Asker, checkAccess } from "@berth/control-plane/access/authorize";
import type { z } from "zod";
import { parseInput } from "../event-bridge/parse-input.ts";
import { ServiceRefusal } from "./service-refusal.ts";

/** A request to an operation, and who asks. */
export interface OperationCall {
  /** Such as `ssm:PutParameter`. */
  readonly action: string;
  readonly body: string;
  readonly asker: Asker;
}

/** Takes what the operation works on. @throws ServiceRefusal, EventBridgeRefusal, EcsError */
export type Operation<Context> = (context: Context, call: OperationCall) => object;

interface OperationParts<Context, Schema extends z.ZodObject> {
  /** All members that are obeyed: a call with another one is refused. */
  readonly input: Schema;
  /** What of it the caller must be allowed to touch; none where policies name all by `*`. */
  readonly resources?: (context: Context, input: z.output<Schema>) => readonly string[];
  readonly run: (context: Context, input: z.output<Schema>) => object;
}

/** An operation by its parts. Nothing of what is kept is looked at before the caller may. */
export const operation =
  <Context, Schema extends z.ZodObject>({
    input: schema,
    resources = () => [],
    run,
  }: OperationParts<Context, Schema>): Operation<Context> =>
  (context, { action, body, asker }) => {
    const input = parseInput(schema, body);
    refuseOthers(schema, body);
    checkAccess(asker, { action, resources: resources(context, input) });
    return run(context, input);
  };

/** What is not obeyed is not passed over. Expects the text of an object. */
function refuseOthers(schema: z.ZodObject, body: string): void {
  const given = Object.keys(JSON.parse(body) as object);
  const other = given.find((member) => !Object.hasOwn(schema.shape, member));
  if (other === undefined) return;
  throw new ServiceRefusal(
    "ValidationException",
    `On one machine this operation does not have the member ${other}.`,
  );
}
