import { aControlPlane } from "@berth/testing/control-plane";
import { expect, test } from "vitest";
import { STORE_WRITES, validateOnly } from "./validate-only.ts";

/** What the store's methods that only read begin with. */
const READING =
  /^(all|countOf|daemons|find|glance|joinedSince|latest|list|missing|ofGroup|oldest|onHost|onInstance|page|since|slice)/;

test("every method of the store that is no reading counts as a write", () => {
  const writes = Object.entries(aControlPlane().store).flatMap(([name, repository]) =>
    typeof repository === "object"
      ? Object.keys(repository)
          .filter((method) => !READING.test(method))
          .map((method) => `${name}.${method}`)
      : [],
  );
  const counted = Object.entries(STORE_WRITES).flatMap(([name, methods]) =>
    methods.map((method) => `${name}.${method}`),
  );
  expect(counted.toSorted()).toEqual(writes.toSorted());
});

test("a call that writes nothing is valid too, and a fault is a fault", async () => {
  const context = aControlPlane();
  expect(await validateOnly(context, async () => "done")).toEqual({ valid: true });
  const fault = () => Promise.reject(new TypeError("no table"));
  await expect(validateOnly(context, fault)).rejects.toThrow("no table");
});
