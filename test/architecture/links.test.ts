import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { brokenLinks, linksOf, namedFiles } from "./documents.ts";

const documents = globSync(["*.md", "docs/**/*.md"]);
const sources = globSync(["*.ts", "stacks/*.ts", "packages/*/src/**/*.ts", "test/**/*.ts"]);

const readText = (path: string): string => readFileSync(path, "utf8");

test.each(documents)("every link of %s leads somewhere", (path) => {
  expect(brokenLinks(path, readText)).toEqual([]);
});

test.each(documents)("every source file that %s names is there", (path) => {
  const isThere = (name: string) => sources.some((source) => `/${source}`.endsWith(`/${name}`));
  expect(namedFiles(readText(path)).filter((name) => !isThere(name))).toEqual([]);
});

test.each([
  ["a file that is not there", "[x](docs/NOWHERE.md)"],
  ["a heading that is not there", "[x](README.md#nowhere)"],
  ["a heading of its own that is not there", "# Here\n[x](#there)"],
])("finds a link to %s", (_, planted) => {
  const read = (path: string) => (path === "planted.md" ? planted : readText(path));
  expect(brokenLinks("planted.md", read)).toHaveLength(1);
});

test("the index of decisions names every decision", () => {
  const records = globSync("docs/adr/[0-9]*.md").map((path) => path.slice("docs/adr/".length));
  expect(linksOf(readText("docs/adr/README.md")).toSorted()).toEqual(records.toSorted());
});

test("every package stands in the table of the architecture", () => {
  const page = readText("docs/ARCHITECTURE.md");
  const packages = globSync("packages/*").map((path) => path.slice("packages/".length));
  expect(packages.filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
});
