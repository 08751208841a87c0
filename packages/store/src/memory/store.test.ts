import { describeStore } from "@berth/testing/store-contract";
import { describe } from "vitest";
import { createStore } from "../create-store.ts";
import { createMemoryTable } from "./table.ts";

describe("the store in memory", () => {
  describeStore({ makeTable: async () => createMemoryTable(), createStore });
});
