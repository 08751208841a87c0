import { expect, test } from "vitest";
import { consentFrom, parseDistributions } from "./machine.ts";

test.each([
  ["Debian", 'PRETTY_NAME="Debian GNU/Linux 12"\nNAME="Debian"\nID=debian\n', ["debian"]],
  ["Ubuntu", 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', ["ubuntu", "debian"]],
  ["Rocky", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', ["rocky", "rhel", "centos", "fedora"]],
  ["one that says nothing", "", []],
])("reads what kind of system %s is", (_, osRelease, expected) => {
  expect(parseDistributions(osRelease)).toEqual(expected);
});

test.each([
  [{ flag: true, env: {}, interactive: false }, "given"],
  [{ flag: false, env: { CI: "true" }, interactive: false }, "given"],
  [{ flag: false, env: { CI: "false" }, interactive: true }, "ask"],
  [{ flag: false, env: {}, interactive: false }, "refused"],
] as const)("%o is consent %s", (options, expected) => {
  expect(consentFrom(options)).toBe(expected);
});
