import type { z } from "zod";
import { readInput } from "../json-input.ts";
import { EventBridgeRefusal, invalid } from "./refusal.ts";

/**
 * The input of an operation, held against its schema.
 *
 * @throws EventBridgeRefusal SerializationException where it has another shape, ValidationException with
 * all that is wrong with its values, as AWS says it
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.output<Schema> {
  return readInput(schema, text, REFUSALS);
}

const REFUSALS = {
  invalid,
  malformed: () => new EventBridgeRefusal("SerializationException", "The request is malformed."),
};
