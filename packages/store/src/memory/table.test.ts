import { describeTable } from "@berth/testing/table-contract";
import { describe } from "vitest";
import { createMemoryTable } from "./table.ts";

describe("the table in memory", () => {
  describeTable(async () => createMemoryTable());
});
