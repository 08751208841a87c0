import { describe, expect, test } from "vitest";
import { type ConfigError, parseConfigFile, readConfig } from "./config.ts";

const REGION = { AWS_DEFAULT_REGION: "eu-west-1" };

const problemsOf = (settings: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readConfig({ ...REGION, ...settings }, {});
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe("parseConfigFile", () => {
  test("reads what systemd reads: bare and quoted values, comments, blank lines", () => {
    const text = `
# a comment
ECS_CLUSTER=prod
ECS_INSTANCE_ATTRIBUTES='{"stack": "blue"}'
ECS_DATADIR="/var/lib/ecs"
; another
  ECS_LOGLEVEL = warn
AWS_SECRET_ACCESS_KEY=a=b#c
`;
    expect(parseConfigFile(text)).toEqual({
      ECS_CLUSTER: "prod",
      ECS_INSTANCE_ATTRIBUTES: '{"stack": "blue"}',
      ECS_DATADIR: "/var/lib/ecs",
      ECS_LOGLEVEL: "warn",
      AWS_SECRET_ACCESS_KEY: "a=b#c",
    });
  });

  test("names each line that is no setting", () => {
    expect(() => parseConfigFile("ECS_CLUSTER=a\nECS_DATADIR /data\n=x")).toThrow(
      "line 2 must be KEY=VALUE; line 3 must be KEY=VALUE",
    );
  });
});

const LOGGING_DRIVERS_RULE =
  "must be a JSON array of awslogs, fluentd, gelf, journald, json-file, local, none, splunk, syslog";
const RESOURCES_RULE = "must be a JSON object of resource names and whole numbers from 1 to 999999";

describe("readConfig", () => {
  test("has ECS's defaults", () => {
    expect(readConfig(REGION, {})).toEqual({
      cluster: "default",
      clusterIsImplied: true,
      region: "eu-west-1",
      sourceEndpoints: {},
      external: false,
      instanceAttributes: [],
      instanceTags: [],
      pullInactivityMs: 60_000,
      reservedMemoryMiB: 0,
      reservedTcpPorts: [22, 2375, 2376, 51678, 51679],
      reservedUdpPorts: [],
      hostAddress: "0.0.0.0",
      loggingDrivers: ["json-file", "none"],
      awslogsExecutionRole: false,
      measureEveryMs: 10_000,
      registryLogins: {},
      imagePullBehavior: "default",
      stopTimeoutMs: 30_000,
      startTimeoutMs: 180_000,
      createTimeoutMs: 240_000,
      cleanupWaitMs: 10_800_000,
      taskIamRole: false,
      taskIamRoleNetworkHost: false,
      metadataLimits: { perSecond: 40, burst: 60 },
      taskEndpoints: true,
      taskEni: false,
      privilegedDisabled: false,
      dockerHost: "unix:///var/run/docker.sock",
      engineConcurrency: 4,
      logLevel: "info",
      taskLimits: true,
      healthChecksDisabled: false,
      selinuxCapable: false,
      spotDraining: false,
      apparmorCapable: false,
      imageCleanup: { intervalMs: 1_800_000, minimumAgeMs: 3_600_000, imagesPerCycle: 5 },
    });
  });

  test("lets the file beat the environment", () => {
    const config = readConfig({ ECS_CLUSTER: "file" }, { ...REGION, ECS_CLUSTER: "environment" });
    expect(config).toMatchObject({ cluster: "file", region: "eu-west-1", clusterIsImplied: false });
  });

  test.each([
    ["10.0.0.1:8080", "https://10.0.0.1:8080"],
    ["http://127.0.0.1:4510/stage", "http://127.0.0.1:4510/stage"],
  ])("takes %s as endpoint", (host, endpoint) => {
    expect(readConfig({ ...REGION, ECS_BACKEND_HOST: host }, {}).endpoint).toBe(endpoint);
  });

  test.each([
    [{}, undefined],
    [{ ECS_CHECKPOINT: "true" }, "/data"],
    [{ ECS_DATADIR: "/state" }, "/state"],
    [{ ECS_DATADIR: "/state", ECS_CHECKPOINT: "false" }, undefined],
  ])("keeps state with %j in %s", (settings, dataDir) => {
    expect(readConfig({ ...REGION, ...settings }, {}).dataDir).toBe(dataDir);
  });

  test("reads attributes, with and without value, tags and lists", () => {
    const config = readConfig(
      {
        ...REGION,
        ECS_INSTANCE_ATTRIBUTES: '{"stack":"blue","ssd":""}',
        ECS_CONTAINER_INSTANCE_TAGS: '{"team":"core"}',
        ECS_AVAILABLE_LOGGING_DRIVERS: '["json-file"]',
        ECS_RESERVED_PORTS: "[22]",
        ECS_CONTAINER_STOP_TIMEOUT: "2m",
        ECS_TASK_METADATA_RPS_LIMIT: "10,20",
      },
      {},
    );
    expect(config).toMatchObject({
      instanceAttributes: [{ name: "stack", value: "blue" }, { name: "ssd" }],
      instanceTags: [{ key: "team", value: "core" }],
      loggingDrivers: ["json-file"],
      reservedTcpPorts: [22],
      stopTimeoutMs: 120_000,
      metadataLimits: { perSecond: 10, burst: 20 },
    });
  });

  test.each([
    ["ECS_RESERVED_MEMORY", "much", "must be a whole number of at least 0"],
    ["ECS_RESERVED_MEMORY", "-1", "must be a whole number of at least 0"],
    [
      "ECS_CONTAINER_STOP_TIMEOUT",
      "30",
      "must be a duration such as 30s or 1h30m, at least 1000 ms",
    ],
    [
      "ECS_CONTAINER_STOP_TIMEOUT",
      "10ms",
      "must be a duration such as 30s or 1h30m, at least 1000 ms",
    ],
    ["ECS_IMAGE_PULL_BEHAVIOR", "never", "must be one of default, always, once, prefer-cached"],
    ["ECS_LOGLEVEL", "loud", "must be one of debug, info, warn, error, crit, none"],
    ["ECS_EXTERNAL", "maybe", "must be true or false"],
    ["ECS_EXTERNAL", "constructor", "must be true or false"],
    ["ECS_INSTANCE_ATTRIBUTES", "stack=blue", "must be a JSON object of texts"],
    ["ECS_INSTANCE_ATTRIBUTES", '{"a":1}', "must be a JSON object of texts"],
    ["ECS_CONTAINER_INSTANCE_TAGS", "[]", "must be a JSON object of texts"],
    ["ECS_AVAILABLE_LOGGING_DRIVERS", "json-file", LOGGING_DRIVERS_RULE],
    ["ECS_AVAILABLE_LOGGING_DRIVERS", '["json-file","papyrus"]', LOGGING_DRIVERS_RULE],
    ["BERTH_AWSLOGS_ENDPOINT", "127.0.0.1:1", "must be an http(s) URL"],
    ["ECS_RESERVED_PORTS", "[70000]", "must be a JSON array of ports from 1 to 65535"],
    ["ECS_RESERVED_PORTS_UDP", '["53"]', "must be a JSON array of ports from 1 to 65535"],
    ["ECS_BACKEND_HOST", "ftp://host", "must be a host or an http(s) URL"],
    ["DOCKER_HOST", "/var/run/docker.sock", "must be a unix://, tcp:// or http:// address"],
    ["BERTH_HOST_ADDRESS", "localhost", "must be an IPv4 address"],
    ["BERTH_INSTANCE_CPU", "1", "must be a whole number of at least 128"],
    ["BERTH_INSTANCE_MEMORY", "1.5", "must be a whole number of at least 64"],
    ["BERTH_INSTANCE_RESOURCES", '{"CPU":1}', RESOURCES_RULE],
    ["BERTH_INSTANCE_RESOURCES", '{"licence":0}', RESOURCES_RULE],
    ["BERTH_INSTANCE_RESOURCES", '{"constructor":1}', RESOURCES_RULE],
    ["BERTH_INSTANCE_RESOURCES", "[]", RESOURCES_RULE],
    ["ECS_ENGINE_AUTH_TYPE", "basic", "must be one of docker, dockercfg"],
    ["BERTH_JOIN", "please", "must be one of ec2-identity"],
    ["ECS_TASK_METADATA_RPS_LIMIT", "40", "must be RATE,BURST"],
    ["ECS_TASK_METADATA_RPS_LIMIT", "0,60", "must be RATE,BURST"],
  ])("says what %s=%s breaks", (key, value, rule) => {
    expect(problemsOf({ [key]: value })).toEqual([`${key} ${rule}`]);
  });

  const JOIN = { BERTH_JOIN: "ec2-identity", ECS_BACKEND_HOST: "berth.example.com" };

  test("joins with an EC2 identity by way of the region's STS, or of another one", () => {
    const { endpoint, join } = readConfig({ ...REGION, ...JOIN }, {});
    expect(join).toEqual({ endpoint, stsEndpoint: "https://sts.eu-west-1.amazonaws.com" });
    const other = { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:9000" };
    expect(readConfig({ ...REGION, ...JOIN, ...other }, {}).join).toMatchObject({
      stsEndpoint: "http://127.0.0.1:9000",
    });
  });

  test.each([
    [{ BERTH_JOIN: "ec2-identity" }, "BERTH_JOIN needs ECS_BACKEND_HOST"],
    [
      { ...JOIN, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" },
      "BERTH_JOIN and AWS_ACCESS_KEY_ID must not be set together",
    ],
    [{ ...JOIN, AWS_ENDPOINT_URL_STS: "sts" }, "AWS_ENDPOINT_URL_STS must be an http(s) URL"],
  ])("does not join with %j", (settings, problem) => {
    expect(problemsOf(settings)).toEqual([problem]);
  });

  test("tells every problem at once", () => {
    expect(() => readConfig({ ECS_LOGLEVEL: "x", AWS_ACCESS_KEY_ID: "a" }, {})).toThrow(
      /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together; AWS_DEFAULT_REGION must be set; ECS_LOGLEVEL/,
    );
  });
});
