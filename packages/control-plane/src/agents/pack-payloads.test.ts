import type { PayloadTask } from "@berth/contracts/agent/messages";
import { describe, expect, test } from "vitest";
import { MAX_PAYLOAD_BYTES, packPayloads } from "./pack-payloads.ts";

/** A task of so many bytes as JSON, with the comma that parts it from another. */
function aPayload(arn: string, bytes = 500): PayloadTask {
  const task: PayloadTask = {
    arn,
    desiredStatus: "RUNNING",
    family: "",
    version: "1",
    containers: [],
    volumes: [],
  };
  return { ...task, family: "x".repeat(bytes - JSON.stringify(task).length - 1) };
}

const arnsOf = (tasks: readonly PayloadTask[]) => {
  const { messages, tooLong } = packPayloads(tasks);
  return {
    messages: messages.map((message) => message.map(({ arn }) => arn)),
    tooLong: tooLong.map(({ task, bytes }) => `${task.arn} ${bytes}`),
  };
};

const numbered = (count: number, bytes?: number) =>
  Array.from({ length: count }, (_, index) => aPayload(String(index), bytes));

describe("tasks for an agent", () => {
  test("go ten to a message", () => {
    const { messages } = arnsOf(numbered(21));
    expect(messages.map((message) => message.length)).toEqual([10, 10, 1]);
    expect(messages.flat()).toEqual(numbered(21).map(({ arn }) => arn));
  });

  test("go fewer to a message where they are long", () => {
    const third = Math.floor(MAX_PAYLOAD_BYTES / 3);
    expect(arnsOf(numbered(7, third)).messages.map((message) => message.length)).toEqual([3, 3, 1]);
    expect(arnsOf(numbered(3, third + 1)).messages.map((message) => message.length)).toEqual([
      2, 1,
    ]);
  });

  test("that fit no message are told apart, and do not part the others", () => {
    const tasks = [
      aPayload("a"),
      aPayload("long", MAX_PAYLOAD_BYTES + 1),
      aPayload("b"),
      aPayload("just", MAX_PAYLOAD_BYTES),
    ];
    expect(arnsOf(tasks)).toEqual({
      messages: [["a", "b"], ["just"]],
      tooLong: [`long ${MAX_PAYLOAD_BYTES + 1}`],
    });
  });

  test("are measured as they travel: in bytes, not in characters", () => {
    const umlauts = { ...aPayload("a"), family: "ü".repeat(MAX_PAYLOAD_BYTES / 2) };
    expect(arnsOf([umlauts]).tooLong).toHaveLength(1);
  });

  test("are none where there is nothing to tell", () => {
    expect(packPayloads([])).toEqual({ messages: [], tooLong: [] });
  });
});
