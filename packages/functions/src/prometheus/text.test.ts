import { expect, test } from "vitest";
import { type Family, prometheusText } from "./text.ts";

const family = (overrides: Partial<Family>): Family => ({
  name: "berth_up",
  help: "Whether it is.",
  type: "gauge",
  samples: [{ labels: {}, value: 1 }],
  ...overrides,
});

test("families come with their heads, and each sample on a line of its own", () => {
  const samples = [
    { labels: { cluster: "default", service: "web" }, value: 0.25 },
    { labels: { cluster: "default", service: "" }, value: 12_345_678_901_234 },
  ];
  expect(
    prometheusText([family({}), family({ name: "berth_b_total", type: "counter", samples })]),
  ).toBe(
    `# HELP berth_up Whether it is.
# TYPE berth_up gauge
berth_up 1
# HELP berth_b_total Whether it is.
# TYPE berth_b_total counter
berth_b_total{cluster="default",service="web"} 0.25
berth_b_total{cluster="default",service=""} 12345678901234
`,
  );
});

test("a family without samples is left out", () => {
  expect(prometheusText([family({ samples: [] })])).toBe("");
});

test.each([
  ['say "hi"', 'say \\"hi\\"'],
  ["C:\\temp", "C:\\\\temp"],
  ["two\nlines", "two\\nlines"],
  ['\\"\n', '\\\\\\"\\n'],
  ["{a=1},ä", "{a=1},ä"],
])("a label %j is escaped", (value, expected) => {
  const text = prometheusText([family({ samples: [{ labels: { l: value }, value: 0 }] })]);
  expect(text.split("\n")[2]).toBe(`berth_up{l="${expected}"} 0`);
});

test("a help text is escaped, but for its quotes", () => {
  const [head] = prometheusText([family({ help: 'a "b"\n\\c' })]).split("\n");
  expect(head).toBe('# HELP berth_up a "b"\\n\\\\c');
});

test.each([
  [Number.POSITIVE_INFINITY, "+Inf"],
  [Number.NEGATIVE_INFINITY, "-Inf"],
  [Number.NaN, "NaN"],
  [1e21, "1e+21"],
  [0, "0"],
])("%d is written as %s", (value, expected) => {
  const text = prometheusText([family({ samples: [{ labels: {}, value }] })]);
  expect(text.split("\n")[2]).toBe(`berth_up ${expected}`);
});
