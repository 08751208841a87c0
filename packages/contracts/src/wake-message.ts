import { z } from "zod";
import type { WakeMessage } from "./queue.ts";

const name = z.string().min(1);
const wakeMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("service"), cluster: name, service: name }),
  z.object({
    kind: z.literal("placement"),
    cluster: name,
    joined: z.literal(true).exactOptional(),
  }),
  z.object({ kind: z.literal("queuedRun"), cluster: name, id: name }),
  z.object({
    kind: z.literal("taskDefinition"),
    family: name,
    revision: z.number().int().positive(),
  }),
  z.object({
    kind: z.literal("dispatch"),
    cluster: name,
    containerInstanceId: name,
    taskIds: z.array(name),
  }),
]);

/** Reads a queue message's body. Throws on any other: only a bug sends one, and an alarm tells of it. */
export function parseWakeMessage(body: string): WakeMessage {
  return wakeMessage.parse(JSON.parse(body));
}
