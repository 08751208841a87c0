import { describe, expect, test } from "vitest";
import { type Consent, decide, INSTALL_COMMANDS, type Machine } from "./decide.ts";
import type { EngineProbe } from "./find-engine.ts";

const silent: EngineProbe = { kind: "silent", tried: ["unix:///var/run/docker.sock"] };
const freshDebian: Machine = {
  isRoot: true,
  distributions: ["debian"],
  dockerdInstalled: false,
  systemdRuns: false,
  dockerHostGiven: false,
};

describe("decide, where no engine answers", () => {
  test.each<[string, Partial<Machine>, Consent, object]>([
    ["installs when told to", {}, "given", { kind: "install", how: "dockerd" }],
    [
      "starts by systemd where that runs",
      { systemdRuns: true },
      "given",
      { kind: "install", how: "systemd" },
    ],
    ["asks at a terminal", {}, "ask", { kind: "ask", how: "dockerd" }],
    ["explains without consent", {}, "refused", { kind: "explain" }],
    [
      "explains to a user who is not root, consent or not",
      { isRoot: false },
      "given",
      { kind: "explain" },
    ],
    [
      "installs on Ubuntu, which is like Debian",
      { distributions: ["ubuntu", "debian"] },
      "given",
      { kind: "install" },
    ],
    [
      "does not install on other systems",
      { distributions: ["fedora"] },
      "given",
      { kind: "explain" },
    ],
    [
      "starts what is installed without asking",
      { dockerdInstalled: true },
      "refused",
      { kind: "start", how: "dockerd" },
    ],
    [
      "starts what is installed on any system",
      { dockerdInstalled: true, distributions: ["arch"] },
      "refused",
      { kind: "start" },
    ],
    [
      "cannot start it without root",
      { dockerdInstalled: true, isRoot: false },
      "given",
      { kind: "explain" },
    ],
    [
      "never touches the machine when DOCKER_HOST names another",
      { dockerHostGiven: true, dockerdInstalled: true },
      "given",
      { kind: "explain" },
    ],
  ])("%s", (_, machine, consent, expected) => {
    expect(decide(silent, { ...freshDebian, ...machine }, consent)).toMatchObject(expected);
  });

  test("tells a plain user the exact commands, with sudo", () => {
    const decision = decide(silent, { ...freshDebian, isRoot: false }, "refused");
    expect(decision).toMatchObject({
      commands: expect.arrayContaining(INSTALL_COMMANDS.map((command) => `sudo ${command}`)),
    });
  });
});

test("uses an engine that answers, whatever else is true", () => {
  const probe: EngineProbe = { kind: "answers", dockerHost: "tcp://there:2376", version: "29.1.0" };
  const machine = { ...freshDebian, dockerHostGiven: true, isRoot: false };
  expect(decide(probe, machine, "refused")).toEqual({
    kind: "use",
    dockerHost: "tcp://there:2376",
    version: "29.1.0",
  });
});

test("does not install a second engine beside one that this user may not use", () => {
  const probe: EngineProbe = { kind: "forbidden", dockerHost: "unix:///var/run/docker.sock" };
  expect(decide(probe, freshDebian, "given")).toMatchObject({
    kind: "explain",
    commands: expect.arrayContaining(["sudo usermod -aG docker $USER"]),
  });
});
