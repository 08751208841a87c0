import { expect, test } from "vitest";
import { startProblem } from "./engine-error.ts";

test.each([
  {
    said: "cannot start a stopped process: unknown",
    told: "cannot start a stopped process: unknown (what was to start it was killed: its memory may be too little)",
  },
  { said: "no such file or directory: unknown", told: "no such file or directory: unknown" },
])("a container that is not started because of $said says so", ({ said, told }) => {
  expect(startProblem({ json: { message: said } })).toBe(told);
});
