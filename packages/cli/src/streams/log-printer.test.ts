import { PassThrough } from "node:stream";
import type { OutputSource } from "@berth/contracts/stream/output-record";
import { expect, test } from "vitest";
import { type LogFormat, LogPrinter } from "./log-printer.ts";

const TIME = "2026-01-02T03:04:05.000000001Z";

async function printed(
  format: LogFormat,
  lines: readonly (readonly [OutputSource, string])[],
): Promise<Readonly<Record<OutputSource, string>>> {
  const targets = { stdout: new PassThrough(), stderr: new PassThrough() };
  const printer = new LogPrinter(format, targets);
  await printer.print(lines.map(([source, text]) => ({ source, bytes: Buffer.from(text) })));
  await printer.finish();
  const textOf = (source: OutputSource) => String(targets[source].read() ?? "");
  return { stdout: textOf("stdout"), stderr: textOf("stderr") };
}

test("lines lose their time, and keep where they were written to", async () => {
  const lines = [
    ["stdout", `${TIME} a\n`],
    ["stderr", `${TIME} b\n`],
  ] as const;
  expect(await printed({ prefix: "", timestamps: false }, lines)).toEqual({
    stdout: "a\n",
    stderr: "b\n",
  });
  expect(await printed({ prefix: "web | ", timestamps: true }, lines)).toEqual({
    stdout: `web | ${TIME} a\n`,
    stderr: `web | ${TIME} b\n`,
  });
});

test("a line that came in pieces is one, though another stream wrote in between", async () => {
  const lines = [
    ["stdout", `${TIME} begun`],
    ["stderr", `${TIME} error\n`],
    ["stdout", `${TIME} , ended\n`],
    ["stdout", `${TIME} without an end`],
  ] as const;
  expect(await printed({ prefix: "web | ", timestamps: false }, lines)).toEqual({
    stdout: "web | begun, ended\nweb | without an end\n",
    stderr: "web | error\n",
  });
});

test("lines that were printed before are left out", async () => {
  const format = { prefix: "", timestamps: false, after: TIME };
  const later = "2026-01-02T03:04:05.000000002Z";
  const lines = [
    ["stdout", `${TIME} old\n`],
    ["stdout", `${later} new\n`],
  ] as const;
  expect((await printed(format, lines)).stdout).toBe("new\n");
});
