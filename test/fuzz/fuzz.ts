import {
  hasModelledError,
  isReadOnly,
  type ModelOperationName,
} from "@berth/contracts/ecs-api/operation-names";
import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import type { Table } from "@berth/store/table";
import { type BodySource, requestBodies } from "@berth/testing/request-bodies";
import { responseFaults } from "@berth/testing/response-faults";
import { examplesWith } from "./examples.ts";
import { knownTexts, namesIn } from "./names.ts";
import { FuzzWorld } from "./world.ts";

/** Any operation may answer with these. Source: ECS API reference, "Common Error Types". */
const COMMON_ERRORS: ReadonlySet<unknown> = new Set([
  "AccessDeniedException",
  "RequestEntityTooLargeException",
  "SerializationException",
  "ThrottlingException",
]);

/** After so many writes of requests a cluster may have nothing left to ask about. */
const CALLS_OF_A_WORLD = 50;
/** A refusal repeats what was wrong, and not without end. */
const MAX_MESSAGE_LENGTH = 2_100;
const SHOWN_LENGTH = 400;

export interface Drawing {
  readonly seed: number;
  /** Of requests. */
  readonly count: number;
  /** Gives an empty one. */
  readonly makeTable: () => Promise<Table>;
}

export interface Fuzzed {
  readonly accepted: number;
  readonly refused: number;
  /** What should not be, with the request that led to it. */
  readonly faults: readonly string[];
}

/** Calls an operation with requests drawn from its schema, and looks at answers and state. */
export async function fuzz(
  operation: ModelOperationName,
  { makeTable, ...draw }: Drawing,
): Promise<Fuzzed> {
  let world = await FuzzWorld.start(await makeTable());
  const source = await sourceFor(operation, world);
  const fuzzed = { accepted: 0, refused: 0, faults: [] as string[] };
  for (const [index, body] of requestBodies(operation, source, draw).entries()) {
    const isUsedUp = index % CALLS_OF_A_WORLD === 0 && index > 0 && !isReadOnly(operation);
    if (isUsedUp) world = await FuzzWorld.start(await makeTable());
    const outcome = await callOnce(world, operation, body);
    fuzzed[outcome.kind] += 1;
    fuzzed.faults.push(
      ...outcome.faults.map((fault) => `${fault} after ${body.slice(0, SHOWN_LENGTH)}`),
    );
  }
  return fuzzed;
}

async function sourceFor(operation: ModelOperationName, { api }: FuzzWorld): Promise<BodySource> {
  const names = await namesIn(api.controlPlane);
  const example = examplesWith(names)[operation] as BodySource["example"];
  return { known: knownTexts(api.controlPlane, names), example };
}

interface Outcome {
  readonly kind: "accepted" | "refused";
  readonly faults: readonly string[];
}

async function callOnce(
  world: FuzzWorld,
  operation: ModelOperationName,
  body: string,
): Promise<Outcome> {
  const before = world.writes;
  const { statusCode = 0, body: text = "" } = await world.api.call(operation, body);
  const written = world.writes - before;
  const answer: Record<string, unknown> = JSON.parse(text);
  if (statusCode !== 200) {
    const logged = world.api.logged.splice(0).map(([, details]) => JSON.stringify(details));
    const faults = refusalFaults(operation, statusCode, answer);
    if (written > 0) faults.push(`A refused call wrote ${written} items`);
    return { kind: "refused", faults: [...faults, ...logged] };
  }
  const faults = [...responseFaults(schemasOf(operation).output, answer)];
  if (written > 0) faults.push(...(await stateFaults(world)));
  return { kind: "accepted", faults };
}

function refusalFaults(
  operation: ModelOperationName,
  statusCode: number,
  { __type: code, message }: Record<string, unknown>,
): string[] {
  const faults: string[] = [];
  if (statusCode >= 500) faults.push(`HTTP ${statusCode}`);
  else if (!COMMON_ERRORS.has(code) && !hasModelledError(operation, String(code))) {
    faults.push(`${String(code)} is no error of ${operation}: ${String(message)}`);
  }
  if (typeof message !== "string" || message === "") faults.push("A refusal says nothing");
  else if (message.length > MAX_MESSAGE_LENGTH) {
    faults.push(`A refusal of ${message.length} characters: ${message.slice(0, 64)}`);
  }
  return faults;
}

/** What was accepted is carried out, too: controllers must be able to work with it. */
async function stateFaults(world: FuzzWorld): Promise<readonly string[]> {
  const afterCall = await world.broken();
  try {
    await world.settle();
  } catch (error) {
    return [...afterCall, `Controllers fail: ${String(error)}`];
  }
  return [...afterCall, ...(await world.brokenAtRest())];
}
