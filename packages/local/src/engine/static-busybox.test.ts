import { describe, expect, test } from "vitest";
import { isStaticElf } from "./static-busybox.ts";

const HEADER_SIZE = 64;
const ENTRY_SIZE = 56;

/** The least of an ELF file: its header and the types in its program header table. */
function anElf(types: readonly number[]): Buffer {
  const file = Buffer.alloc(HEADER_SIZE + types.length * ENTRY_SIZE);
  file.writeUInt32BE(0x7f454c46, 0);
  file.writeUInt8(2, 4);
  file.writeUInt8(1, 5);
  file.writeBigUInt64LE(BigInt(HEADER_SIZE), 32);
  file.writeUInt16LE(ENTRY_SIZE, 54);
  file.writeUInt16LE(types.length, 56);
  for (const [index, type] of types.entries()) {
    file.writeUInt32LE(type, HEADER_SIZE + index * ENTRY_SIZE);
  }
  return file;
}

const LOAD = 1;
const INTERPRETER = 3;

describe("isStaticElf", () => {
  test.each([
    ["a program with segments only", anElf([LOAD, LOAD]), true],
    ["a program that names a dynamic loader", anElf([LOAD, INTERPRETER, LOAD]), false],
    ["a script", Buffer.from(`#!/bin/sh\n${"#".repeat(100)}`), false],
    ["an empty file", Buffer.alloc(0), false],
  ])("%s", (_, program, expected) => {
    expect(isStaticElf(program)).toBe(expected);
  });
});
