import { readFileSync } from "node:fs";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { commands } from "@berth/control-plane/commands/registry";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { expect, test } from "vitest";

const readme = readFileSync("README.md", "utf8");

test.each(Object.entries(DEFAULT_SETTINGS))(
  "the README names %s and its default",
  (name, value) => {
    const words = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    expect(readme).toMatch(new RegExp(`\\| \`BERTH_${words}\` +\\| ${value} +\\|`));
  },
);

test.each(Object.values(EXIT_CODES))("the README says what exit code %i means", (code) => {
  expect(readme).toMatch(new RegExp(`\\b${code} \\(\\w`));
});

test("the README counts the operations that are there", () => {
  expect(readme).toContain(`${Object.keys(commands).length} operations of ECS`);
});
