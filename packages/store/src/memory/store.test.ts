import { describeStore } from "@berth/testing/store-contract";
import { describe } from "vitest";
import { createStore } from "../create-store.ts";
import { createMemoryTable } from "./table.ts";

describe.each([1, 5])("the store in memory, in %i shards", (shards) => {
  describeStore({ makeTable: async () => createMemoryTable(), createStore, shards });
});
