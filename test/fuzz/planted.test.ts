import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Item } from "@berth/store/table";
import { limitedTable } from "@berth/testing/limited-table";
import { responseFaults } from "@berth/testing/response-faults";
import { describe, expect, test } from "vitest";

/* What the fuzz looks with finds what it is for. */

describe("an answer", () => {
  const { output } = schemasOf("ListTasks");

  test.each([
    { answer: {}, faults: [] },
    { answer: { taskArns: ["a"], nextToken: "b" }, faults: [] },
    { answer: { taskArns: ["a"], tasks: [] }, faults: ["$.tasks is not in the model"] },
    { answer: { taskArns: [1] }, faults: ["$.taskArns[] is no string: 1"] },
    { answer: { taskArns: null }, faults: ["$.taskArns is no list"] },
    { answer: { nextToken: null }, faults: ["$.nextToken is no string: null"] },
  ])("$answer has the faults $faults", ({ answer, faults }) => {
    expect(responseFaults(output, answer)).toEqual(faults);
  });

  test("has no enum value that the model lacks", () => {
    const containerDefinitions = [{ portMappings: [{ protocol: "pigeon" }] }];
    const answer = { taskDefinition: { containerDefinitions, registeredAt: "now" } };
    expect(responseFaults(schemasOf("DescribeTaskDefinition").output, answer)).toEqual([
      "$.taskDefinition.containerDefinitions[].portMappings[].protocol is pigeon, which the model does not have",
      '$.taskDefinition.registeredAt is no number: "now"',
    ]);
  });
});

describe("a table with DynamoDB's limits", () => {
  const table = () => limitedTable(createMemoryTable());
  const anItem = (more: object = {}): Item => ({ pk: "p", sk: "s", version: 1, ...more });
  const deep = (levels: number): unknown => (levels === 0 ? "end" : [deep(levels - 1)]);

  test.each([
    { name: "a sort key of 1,025 bytes", item: anItem({ sk: `${"é".repeat(512)}x` }) },
    { name: "an empty place in a list", item: anItem({ listPk: "l", listSk: "" }) },
    { name: "more than 400 KB", item: anItem({ text: "x".repeat(409_600) }) },
    { name: "more than 32 levels", item: anItem({ deep: deep(32) }) },
  ])("takes no item with $name", async ({ item }) => {
    await expect(table().create(item)).rejects.toThrow("ValidationException");
    await expect(table().replace(item)).rejects.toThrow("ValidationException");
  });

  test("takes an item just within them", async () => {
    const item = anItem({ sk: "é".repeat(512), text: "x".repeat(408_000), deep: deep(31) });
    expect(await table().create(item)).toBe("ok");
  });

  test("reads no range that begins or ends beyond any key", async () => {
    const long = "x".repeat(1_024);
    await expect(table().query("p", { startAfter: long })).rejects.toThrow("ValidationException");
    await expect(table().list("p", { skPrefix: long })).rejects.toThrow("ValidationException");
    await expect(table().query("", {})).rejects.toThrow("ValidationException");
    expect(await table().query("p", { startAfter: "x" })).toEqual({ items: [] });
  });
});
