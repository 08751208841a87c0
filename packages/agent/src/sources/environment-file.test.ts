import { expect, test } from "vitest";
import { parseEnvironmentFile } from "./environment-file.ts";

test.each([
  ["a variable a line", "A=1\nB=2\n", { A: "1", B: "2" }],
  ["lines that end as on Windows", "A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["quotes and spaces as they are", "A= 'x y' \n B=1", { A: " 'x y' ", " B": "1" }],
  ["all after the first sign", "URL=a=b=c", { URL: "a=b=c" }],
  ["comments only at the beginning of a line", "#A=1\nB=2 #3", { B: "2 #3" }],
  ["nothing expanded", "A=1\nB=$A${A}", { A: "1", B: "$A${A}" }],
  ["no line without a name or a value", "=1\nA=\nB\n\nC=3", { C: "3" }],
  ["the later of two lines", "A=1\nA=2", { A: "2" }],
  [
    "names that objects have",
    "__proto__=1\nconstructor=2",
    { ["__proto__"]: "1", constructor: "2" },
  ],
  ["a line of 200 KB", `A=${"x".repeat(200_000)}`, { A: "x".repeat(200_000) }],
  ["nothing", "", {}],
])("has %s", (_, text, expected) => {
  expect(parseEnvironmentFile(text)).toEqual(expected);
});
