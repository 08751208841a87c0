import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readScenario } from "../scenario/read-scenario.ts";
import { runScenario } from "../scenario/run-scenario.ts";
import { reportText } from "./report-text.ts";

const guide = (name: string): string =>
  readFileSync(new URL(`../../../../docs/guides/${name}`, import.meta.url), "utf8");

/** The fenced blocks of the guide that name no language: what commands print. */
const outputs = [...guide("simulate.md").matchAll(/^```(\w*)\n([^]*?)\n```$/gm)].flatMap(
  ([, language, text = ""]) => (language === "" ? [text] : []),
);

test("the guide shows what its scenario prints", async () => {
  const report = await runScenario(readScenario(guide("scenarios/rolling-update.yaml")));
  expect(outputs[0]).toBe(reportText(report));
});

test("the guide shows what is said of a scenario that cannot be read", () => {
  const [heading, ...message] = outputs[1]?.split("\n") ?? [];
  expect(heading).toBe("bad.yaml is no scenario:");
  const bad = JSON.stringify({
    duration: "3x",
    instances: [{ count: 1, zones: ["a"], cpu: 1, memory: 1 }],
  });
  expect(() => readScenario(bad)).toThrow(message.join("\n"));
});
