import * as ecs from "@aws-sdk/client-ecs";
import { isEcsError } from "@berth/domain/errors";
import type { NormalizedSchema } from "@smithy/core/schema";
import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { allowedValues, numberKind, requiredMembers } from "./member-rules.ts";
import { operationNames } from "./operation-names.ts";
import type { ModelOperationName } from "./operation-names.ts";
import type { EcsOperationName } from "./operations.ts";
import { parseRequest } from "./parse-request.ts";
import { schemasOf } from "./schemas.ts";
import { serializeResponse } from "./serialize-response.ts";

const anOperation = fc.constantFrom(...operationNames());

it("refuses any body that it does not take with an EcsError and nothing else", () => {
  fc.assert(
    fc.property(anOperation, fc.oneof(fc.string(), fc.json()), (operation, body) => {
      expect(outcomeOf(operation, body)).toMatch(/^(parsed|refused)$/);
    }),
    { numRuns: 100 },
  );
});

it("refuses any value in place of any member with an EcsError and nothing else", () => {
  const bodies = anOperation.chain((operation) => {
    const members = Array.from(schemasOf(operation).input.structIterator(), ([member]) => member);
    const anyMembers = fc.record(
      Object.fromEntries(members.map((member) => [member, fc.jsonValue()])),
      { requiredKeys: [] },
    );
    return anyMembers.map((body) => ({ operation, body: JSON.stringify(body) }));
  });
  fc.assert(
    fc.property(bodies, ({ operation, body }) => {
      expect(outcomeOf(operation, body)).toMatch(/^(parsed|refused)$/);
    }),
    { numRuns: 100 },
  );
});

it("reads from the SDK's own request what went into it", async () => {
  const requests = anOperation.chain((operation) =>
    anInstance(schemasOf(operation).input).map((request) => ({ operation, request })),
  );
  await fc.assert(
    fc.asyncProperty(requests, async ({ operation, request }) => {
      const sent = await exchange(operation, request as object, "{}");
      expect(parseRequest(operation, sent.body)).toEqual(request);
    }),
    { numRuns: 100 },
  );
});

it("prints answers from which the SDK reads what went into them", async () => {
  const responses = anOperation.chain((operation) =>
    anInstance(schemasOf(operation).output).map((response) => ({ operation, response })),
  );
  await fc.assert(
    fc.asyncProperty(responses, async ({ operation, response }) => {
      const body = serializeResponse(operation as EcsOperationName, response as object);
      const { $metadata, ...read } = (await exchange(operation, {}, body)).response;
      expect($metadata).toBeDefined();
      expect(read).toEqual(response);
    }),
    { numRuns: 100 },
  );
});

function outcomeOf(operation: ModelOperationName, body: string): string {
  try {
    return typeof parseRequest(operation, body) === "object" ? "parsed" : "garbled";
  } catch (error) {
    return isEcsError(error) ? "refused" : String(error);
  }
}

/** What the SDK sends for a request, and what it makes of an answer. */
async function exchange(operation: ModelOperationName, request: object, answer: string) {
  let body = "";
  const client = new ecs.ECSClient({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
    requestHandler: {
      handle: (sent: { body: Uint8Array }) => {
        body = new TextDecoder().decode(sent.body);
        const headers = { "content-type": "application/x-amz-json-1.1" };
        const response = { statusCode: 200, headers, body: new TextEncoder().encode(answer) };
        return Promise.resolve({ response });
      },
    },
  });
  const commands = ecs as unknown as Record<string, new (input: object) => ecs.ListTasksCommand>;
  const Command = commands[`${operation}Command`];
  if (!Command) throw new Error(`The SDK has no ${operation}Command.`);
  const response: Record<string, unknown> = { ...(await client.send(new Command(request))) };
  return { body, response };
}

function anInstance(schema: NormalizedSchema): Arbitrary<unknown> {
  const structure = schema.getName() ?? "";
  const members = Array.from(schema.structIterator());
  const requiredKeys = members
    .filter(
      ([member, memberSchema]) =>
        // The SDK makes up an idempotency token where there is none.
        memberSchema.isIdempotencyToken() || requiredMembers(structure).includes(member),
    )
    .map(([member]) => member);
  return fc.record(
    Object.fromEntries(
      members.map(([member, memberSchema]) => [member, aValue(memberSchema, structure, member)]),
    ),
    { requiredKeys, noNullPrototype: true },
  );
}

function aValue(schema: NormalizedSchema, structure: string, member: string): Arbitrary<unknown> {
  if (schema.isStructSchema()) return anInstance(schema);
  if (schema.isListSchema()) {
    return fc.array(aValue(schema.getValueSchema(), structure, member), { maxLength: 2 });
  }
  if (schema.isMapSchema()) {
    const keys = fc.string().filter((key) => key !== "__proto__");
    return fc.dictionary(keys, aValue(schema.getValueSchema(), structure, member), {
      maxKeys: 2,
      noNullPrototype: true,
    });
  }
  return aScalar(schema, structure, member);
}

function aScalar(schema: NormalizedSchema, structure: string, member: string): Arbitrary<unknown> {
  if (schema.isStringSchema()) {
    const allowed = allowedValues(structure, member);
    return allowed ? fc.constantFrom(...allowed) : fc.string();
  }
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isTimestampSchema()) {
    const [min, max] = [new Date("1971-01-01"), new Date("2100-01-01")];
    return fc.date({ min, max, noInvalidDate: true });
  }
  if (schema.isDocumentSchema()) return fc.constantFrom({ a: [1, "b", { c: true }] }, [], "text");
  if (numberKind(structure, member) !== "Double") return fc.integer();
  // Beyond 2^53 the SDK reads bigints; JSON has no negative zero.
  return fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => value + 0);
}
