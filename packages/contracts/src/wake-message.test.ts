import { expect, it } from "vitest";
import type { WakeMessage } from "./queue.ts";
import { parseWakeMessage } from "./wake-message.ts";

it.each<WakeMessage>([
  { kind: "service", cluster: "default", service: "web" },
  { kind: "placement", cluster: "default" },
  { kind: "queuedRun", cluster: "default", id: "r1" },
  { kind: "dispatch", cluster: "default", containerInstanceId: "i1", taskIds: [] },
  { kind: "dispatch", cluster: "default", containerInstanceId: "i1", taskIds: ["a", "b"] },
])("reads what was sent: $kind", (message) => {
  expect(parseWakeMessage(JSON.stringify(message))).toEqual(message);
});

it.each([
  ["{", "JSON"],
  ["null", "expected object"],
  ['{"kind":"task"}', "kind"],
  ['{"kind":"service","cluster":"default"}', "service"],
  ['{"kind":"dispatch","cluster":"default","containerInstanceId":"i1"}', "taskIds"],
  ['{"kind":"placement","cluster":""}', "cluster"],
  ['{"kind":"queuedRun","cluster":"default"}', "id"],
])("throws on %s", (body, reason) => {
  expect(() => parseWakeMessage(body)).toThrow(reason);
});
