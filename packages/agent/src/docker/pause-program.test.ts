import { expect, test } from "vitest";
import { pauseProgram } from "./pause-program.ts";

test.each([
  { architecture: "amd64", machine: 62, bytes: 36 + 32 },
  { architecture: "arm64", machine: 183, bytes: 52 + 32 },
])("is a whole ELF program for $architecture", ({ architecture, machine, bytes }) => {
  const program = pauseProgram(architecture) ?? Buffer.alloc(0);
  expect(program.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
  expect(program.readUInt16LE(18)).toBe(machine);
  // One segment holds all of the file, and it begins to run where the headers end.
  expect(program.readBigUInt64LE(64 + 32)).toBe(BigInt(program.length));
  expect(program.readBigUInt64LE(24)).toBe(0x400078n);
  expect(program.length).toBe(0x78 + bytes);
});

test("is nothing for what it was not written for", () => {
  expect(pauseProgram("riscv64")).toBeUndefined();
});
