import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const documents = globSync(["*.md", "docs/**/*.md"]);

const linksOf = (path: string): readonly string[] =>
  [...readFileSync(path, "utf8").matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(
    ([, link = ""]) => link,
  );

test.each(documents)("every link of %s leads somewhere", (path) => {
  const broken = linksOf(path).filter((link) => !existsSync(join(dirname(path), link)));
  expect(broken).toEqual([]);
});

test("the index of decisions names every decision", () => {
  const records = globSync("docs/adr/[0-9]*.md").map((path) => path.slice("docs/adr/".length));
  expect(linksOf("docs/adr/README.md").toSorted()).toEqual(records.toSorted());
});
