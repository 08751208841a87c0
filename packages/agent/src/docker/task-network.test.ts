import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import { aPayloadContainer, anAwsvpcTask } from "@berth/testing/payloads";
import type { ContainerInspectInfo } from "dockerode";
import { describe, expect, test } from "vitest";
import { withPause } from "../pause.ts";
import { createOptions, knownBindings } from "./create-options.ts";
import { bindingsOf } from "./look.ts";
import { dockerName } from "./names.ts";

const SETTINGS = {
  instance: { cluster: "default", containerInstanceArn: "arn:instance" },
  region: "eu-west-1",
  hostAddress: "127.0.1.1",
};

const withSysctls = (name: string, Sysctls: Readonly<Record<string, string>>) =>
  aPayloadContainer({
    name,
    portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }],
    dockerConfig: { version: "1.25", hostConfig: JSON.stringify({ Sysctls }) },
  });

const task = withPause(
  anAwsvpcTask({
    containers: [
      withSysctls("web", { "net.core.somaxconn": "1024", "kernel.shmmax": "65536" }),
      withSysctls("side", { "net.ipv4.ip_default_ttl": "42", "net.core.somaxconn": "2048" }),
    ],
  }),
);
const containerOf = (name: string) => {
  const container = task.containers.find((each) => each.name === name);
  if (!container) throw new Error(`There is no ${name}.`);
  return container;
};
const optionsOf = (name: string) => createOptions(task, containerOf(name), SETTINGS);

describe("of a task with a network of its own", () => {
  test("the pause container is on the network, with the names of its interface", () => {
    const name = "eni-0123456789abcdef0.berth.internal";
    const MacAddress = "02:00:00:00:00:01";
    expect(optionsOf(PAUSE_CONTAINER)).toMatchObject({
      StopSignal: "SIGKILL",
      Hostname: name,
      MacAddress,
      NetworkingConfig: { EndpointsConfig: { "berth-awsvpc": { Aliases: [name], MacAddress } } },
      HostConfig: { NetworkMode: "berth-awsvpc" },
    });
  });

  test("the others share it, and publish and expose nothing", () => {
    const options = optionsOf("web");
    const NetworkMode = `container:${dockerName(task, PAUSE_CONTAINER)}`;
    expect(options.HostConfig).toMatchObject({ NetworkMode });
    expect(options.HostConfig).not.toHaveProperty("PortBindings");
    for (const member of [
      "ExposedPorts",
      "Hostname",
      "MacAddress",
      "NetworkingConfig",
      "StopSignal",
    ]) {
      expect(options).not.toHaveProperty(member);
    }
  });

  test("settings of the network are the network's, the last word counts", () => {
    expect(optionsOf(PAUSE_CONTAINER).HostConfig?.Sysctls).toEqual({
      "net.core.somaxconn": "2048",
      "net.ipv4.ip_default_ttl": "42",
    });
    expect(optionsOf("web").HostConfig?.Sysctls).toEqual({ "kernel.shmmax": "65536" });
    expect(optionsOf("side").HostConfig?.Sysctls).toEqual({});
  });

  test("no port is the instance's, and the address has to be read", () => {
    expect(knownBindings(task, containerOf("web"), "127.0.1.1")).toEqual([]);
    expect(knownBindings(task, containerOf(PAUSE_CONTAINER), "127.0.1.1")).toBeUndefined();
  });
});

const inspected = (Networks: object): ContainerInspectInfo => {
  const shown = { NetworkSettings: { Ports: {}, Networks } };
  return shown as unknown as ContainerInspectInfo;
};

test.each([
  [{ "berth-awsvpc": { IPAddress: "172.18.0.2" } }, [{ bindIP: "172.18.0.2" }]],
  [{ "berth-awsvpc": { IPAddress: "" } }, []],
  [{ bridge: { IPAddress: "172.17.0.2" } }, []],
  [{}, []],
])("on %j it is reached at %j", (networks, bindings) => {
  expect(bindingsOf(inspected(networks))).toEqual(bindings);
});
