import { expect, test } from "vitest";
import { coverage } from "./coverage.ts";
import { coverageText } from "./coverage-text.ts";

test("docs/COVERAGE.md says what the API answers (vitest -u writes it)", async () => {
  await expect(coverageText(await coverage())).toMatchFileSnapshot("../../docs/COVERAGE.md");
});
