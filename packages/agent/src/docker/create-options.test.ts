import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";
import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { describe, expect, test } from "vitest";
import { type ContainerCgroup, createOptions, knownBindings } from "./create-options.ts";
import { dockerName } from "./names.ts";

const SETTINGS = {
  instance: { cluster: "default", containerInstanceArn: "arn:instance" },
  region: "eu-west-1",
  hostAddress: "127.0.1.1",
};

const optionsOf = (container: Partial<PayloadContainer>, task: Partial<PayloadTask> = {}) => {
  const whole = aPayloadContainer(container);
  return createOptions(aPayloadTask({ containers: [whole], ...task }), whole, SETTINGS);
};

const withDocker = (config: object, hostConfig: object = {}): Partial<PayloadContainer> => ({
  dockerConfig: {
    version: "1.25",
    config: JSON.stringify(config),
    hostConfig: JSON.stringify(hostConfig),
  },
});

describe("createOptions", () => {
  test("names the container after its task definition, the same for the same task", () => {
    const name = dockerName(aPayloadTask(), "web");
    expect(name).toMatch(/^ecs-web-1-web-[0-9a-f]{20}$/);
    expect(dockerName(aPayloadTask(), "web")).toBe(name);
    expect(dockerName(aPayloadTask({ arn: payloadTaskArn(2) }), "web")).not.toBe(name);
  });

  test("labels it as ECS does, and with its instance, whatever the user's labels are", () => {
    const options = optionsOf(
      withDocker({ Labels: { mine: "1", "com.amazonaws.ecs.task-arn": "forged" } }),
    );
    expect(options.Labels).toEqual({
      mine: "1",
      "com.amazonaws.ecs.cluster": "default",
      "com.amazonaws.ecs.container-name": "web",
      "com.amazonaws.ecs.task-arn": payloadTaskArn(),
      "com.amazonaws.ecs.task-definition-family": "web",
      "com.amazonaws.ecs.task-definition-version": "1",
      "berth.container-instance-arn": "arn:instance",
    });
  });

  test("passes command, entry point and environment, where the user's region wins", () => {
    const options = optionsOf({
      command: ["a", "b"],
      entryPoint: ["e"],
      environment: { X: "1=2", AWS_REGION: "mine" },
    });
    expect(options).toMatchObject({ Cmd: ["a", "b"], Entrypoint: ["e"] });
    expect(options.Env).toEqual(["AWS_REGION=mine", "AWS_DEFAULT_REGION=eu-west-1", "X=1=2"]);
  });

  test.each([
    { name: "shares at least 2", container: { cpu: 0 }, expected: { CpuShares: 2 } },
    { name: "memory at least 6 MiB", container: { memory: 4 }, expected: { Memory: 6_291_456 } },
    {
      name: "the task's size for a container without its own",
      container: { memory: 0 },
      task: { memory: 32, cpu: 0.25 },
      expected: { Memory: 33_554_432, CpuPeriod: 100_000, CpuQuota: 25_000 },
    },
  ])("limits: $name", ({ container, task = {}, expected }) => {
    expect(optionsOf(container, task).HostConfig).toMatchObject(expected);
  });

  test("leaves a task's size to the cgroup that the task has", () => {
    const whole = aPayloadContainer({ memory: 0 });
    const task = aPayloadTask({ containers: [whole], cpu: 0.25, memory: 32 });
    const options = (cgroup: ContainerCgroup) =>
      createOptions(task, whole, SETTINGS, cgroup).HostConfig;
    expect(options({ bounds: "task", parent: "/ecs/1" })).toMatchObject({ CgroupParent: "/ecs/1" });
    for (const bounds of ["task", "none"] as const) {
      expect(options({ bounds })).not.toHaveProperty("Memory");
      expect(options({ bounds })).not.toHaveProperty("CpuQuota");
    }
  });

  test("sets no memory limit where there is none", () => {
    expect(optionsOf({ memory: 0 }).HostConfig).not.toHaveProperty("Memory");
  });

  test("publishes static and dynamic ports on the instance's address", () => {
    const options = optionsOf({
      portMappings: [
        { containerPort: 80, hostPort: 8080, protocol: "tcp" },
        { containerPort: 80, hostPort: 0, protocol: "tcp" },
        { containerPort: 53, hostPort: 53, protocol: "udp" },
      ],
    });
    expect(options.ExposedPorts).toEqual({ "80/tcp": {}, "53/udp": {} });
    expect(options.HostConfig?.PortBindings).toEqual({
      "80/tcp": [
        { HostIp: "127.0.1.1", HostPort: "8080" },
        { HostIp: "127.0.1.1", HostPort: "" },
      ],
      "53/udp": [{ HostIp: "127.0.1.1", HostPort: "53" }],
    });
  });

  test("publishes nothing on the host's network", () => {
    const options = optionsOf(
      { portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }] },
      { networkMode: "host" },
    );
    expect(options.HostConfig).toMatchObject({ NetworkMode: "host" });
    expect(options.HostConfig).not.toHaveProperty("PortBindings");
  });

  test("shows a container its own GPUs, by the runtime for that", () => {
    const whole = aPayloadContainer({ environment: { NVIDIA_VISIBLE_DEVICES: "all" } });
    const gpu = (name: string, container: string) =>
      ({ type: "gpu", name, containers: [container] }) as const;
    const task = aPayloadTask({ associations: [gpu("GPU-a", "web"), gpu("GPU-b", "other")] });
    const options = createOptions(task, whole, { ...SETTINGS, gpu: { runtime: "nvidia" } });
    expect(options.Env).toContain("NVIDIA_VISIBLE_DEVICES=GPU-a");
    expect(options.HostConfig).toMatchObject({ Runtime: "nvidia" });
    expect(optionsOf({}).HostConfig).not.toHaveProperty("Runtime");
  });

  test("mounts host paths, task volumes and shared volumes", () => {
    const mount = (sourceVolume: string, readOnly = false) => ({
      sourceVolume,
      containerPath: `/${sourceVolume}`,
      readOnly,
    });
    const options = optionsOf(
      { mountPoints: [mount("path", true), mount("scratch"), mount("own"), mount("shared")] },
      {
        volumes: [
          { name: "path", type: "host", host: { sourcePath: "/srv" } },
          { name: "scratch", type: "host", host: {} },
          { name: "own", type: "docker", dockerVolumeConfiguration: { scope: "task" } },
          { name: "shared", type: "docker", dockerVolumeConfiguration: { scope: "shared" } },
        ],
      },
    );
    expect(options.HostConfig?.Binds).toEqual([
      "/srv:/path:ro",
      expect.stringMatching(/^ecs-web-1-scratch-[0-9a-f]{20}:\/scratch$/),
      expect.stringMatching(/^ecs-web-1-own-[0-9a-f]{20}:\/own$/),
      "shared:/shared",
    ]);
  });

  test("links and borrows volumes by the engine's names", () => {
    const task = aPayloadTask();
    const options = optionsOf({
      links: ["db:database"],
      volumesFrom: [{ sourceContainer: "db", readOnly: true }],
    });
    expect(options.HostConfig).toMatchObject({
      Links: [`${dockerName(task, "db")}:database`],
      VolumesFrom: [`${dockerName(task, "db")}:ro`],
    });
  });

  test("lets dockerConfig replace what it built", () => {
    const options = optionsOf({
      command: ["a"],
      ...withDocker(
        { Cmd: ["z"], User: "nobody", Healthcheck: { Test: ["CMD", "true"] } },
        { Memory: 1, ReadonlyRootfs: true, Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }] },
      ),
    });
    expect(options).toMatchObject({
      Cmd: ["z"],
      User: "nobody",
      Healthcheck: { Test: ["CMD", "true"] },
      HostConfig: { Memory: 1, ReadonlyRootfs: true, Ulimits: [{ Name: "nofile" }] },
    });
  });
});

describe("knownBindings", () => {
  const port = (hostPort: number) => ({ containerPort: 80, hostPort, protocol: "tcp" as const });

  test.each([
    { mode: "bridge", hostPort: 8080, expected: [{ bindIP: "127.0.1.1", ...port(8080) }] },
    { mode: "bridge", hostPort: 0, expected: undefined },
    { mode: "host", hostPort: 0, expected: [{ bindIP: "0.0.0.0", ...port(80) }] },
    { mode: "none", hostPort: 80, expected: [] },
  ])("on $mode with host port $hostPort", ({ mode, hostPort, expected }) => {
    const container = aPayloadContainer({ portMappings: [port(hostPort)] });
    const task = aPayloadTask({ networkMode: mode, containers: [container] });
    expect(knownBindings(task, container, "127.0.1.1")).toEqual(expected);
  });
});
