import { describe, expect, test } from "vitest";
import { defineTask, type RegistrationRecord } from "./define.ts";
import type { GivenContainer, Registration } from "./registration.ts";

const record: RegistrationRecord = {
  account: "123456789012",
  revision: 3,
  tags: [],
  registeredAt: 1000,
  registeredBy: "arn:aws:iam::123456789012:root",
};
const web: GivenContainer = { name: "web", image: "nginx", memory: 64 };
const define = (changes: Registration = {}) =>
  defineTask({ family: "web", containerDefinitions: [web], ...changes }, record);
const defineContainer = (changes: GivenContainer, task: Registration = {}) =>
  define({ ...task, containerDefinitions: [{ ...web, ...changes }] }).containerDefinitions[0];

describe("defineTask", () => {
  test("fills in the defaults that ECS echoes, and no others", () => {
    expect(define()).toEqual({
      family: "web",
      revision: 3,
      status: "ACTIVE",
      containerDefinitions: [
        {
          name: "web",
          image: "nginx",
          memory: 64,
          cpu: 0,
          essential: true,
          portMappings: [],
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
      volumes: [],
      placementConstraints: [],
      compatibilities: ["EXTERNAL", "EC2"],
      requiresAttributes: [],
      tags: [],
      registeredAt: 1000,
      registeredBy: record.registeredBy,
    });
  });

  test("keeps empty lists and members that Berth does not read", () => {
    const kept = { links: [], dockerLabels: {}, credentialSpecs: ["arn:x"], stopTimeout: 5 };
    expect(defineContainer(kept)).toMatchObject(kept);
  });

  test("leaves members out that were given as undefined", () => {
    expect(Object.keys(defineContainer({ user: undefined }) ?? {})).not.toContain("user");
  });

  test("is stable: what was described may be registered again", () => {
    const first = define({
      cpu: "1 vCPU",
      memory: "0.5GB",
      taskRoleArn: "app",
      containerDefinitions: [{ ...web, portMappings: [{ containerPort: 80 }] }],
    });
    expect(defineTask(first, record)).toEqual(first);
  });

  test.each([
    { networkMode: "bridge", hostPort: 0 },
    { networkMode: "host", hostPort: 80 },
    { networkMode: "awsvpc", hostPort: 80 },
  ] as const)("with $networkMode an unset host port is $hostPort", ({ networkMode, hostPort }) => {
    const container = defineContainer({ portMappings: [{ containerPort: 80 }] }, { networkMode });
    expect(container?.portMappings).toEqual([{ containerPort: 80, hostPort, protocol: "tcp" }]);
  });

  test("a port range gets no host port", () => {
    const container = defineContainer({ portMappings: [{ containerPortRange: "80-90" }] });
    expect(container?.portMappings).toEqual([{ containerPortRange: "80-90", protocol: "tcp" }]);
  });

  test("sizes with units become CPU units and MiB", () => {
    expect(define({ cpu: ".25 vCPU", memory: "2 GB" })).toMatchObject({
      cpu: "256",
      memory: "2048",
    });
  });

  test("bare role names become ARNs of the account", () => {
    const { taskRoleArn, executionRoleArn } = define({
      taskRoleArn: "app",
      executionRoleArn: "arn:aws:iam::999999999999:role/exec",
    });
    expect(taskRoleArn).toBe("arn:aws:iam::123456789012:role/app");
    expect(executionRoleArn).toBe("arn:aws:iam::999999999999:role/exec");
  });
});

describe("compatibilities", () => {
  test.each<{ name: string; given: Registration; expected: readonly string[] }>([
    { name: "bridge runs anywhere but on Fargate", given: {}, expected: ["EXTERNAL", "EC2"] },
    {
      name: "EFS is for EC2",
      given: { volumes: [{ name: "a", efsVolumeConfiguration: { fileSystemId: "fs-1" } }] },
      expected: ["EC2"],
    },
    {
      name: "Managed Instances are asked for",
      given: { networkMode: "host", requiresCompatibilities: ["MANAGED_INSTANCES"] },
      expected: ["EXTERNAL", "EC2", "MANAGED_INSTANCES"],
    },
    {
      name: "awsvpc with a Fargate size runs on both",
      given: { networkMode: "awsvpc", cpu: "256", memory: "512" },
      expected: ["EC2", "FARGATE"],
    },
    {
      name: "awsvpc without a size runs on EC2",
      given: { networkMode: "awsvpc" },
      expected: ["EC2"],
    },
    {
      name: "named ports keep it on EC2",
      given: {
        containerDefinitions: [{ ...web, portMappings: [{ containerPort: 80, name: "http" }] }],
      },
      expected: ["EC2"],
    },
  ])("$name", ({ given, expected }) => {
    expect(define(given).compatibilities).toEqual(expected);
  });
});

const attributesOf = (container: GivenContainer, task: Registration = {}) =>
  define({ ...task, containerDefinitions: [{ ...web, ...container }] }).requiresAttributes.map(
    ({ name }) => name,
  );

describe("requiresAttributes", () => {
  const L = "com.amazonaws.ecs.capability.";
  test.each<{ name: string; container?: GivenContainer; task?: Registration; expected: string[] }>([
    {
      name: "a json-file log",
      container: { logConfiguration: { logDriver: "json-file" } },
      expected: [`${L}logging-driver.json-file`],
    },
    {
      name: "awslogs with an execution role",
      container: {
        logConfiguration: { logDriver: "awslogs", options: { "awslogs-create-group": "true" } },
      },
      task: { executionRoleArn: "x" },
      expected: [
        `${L}logging-driver.awslogs`,
        `${L}docker-remote-api.1.19`,
        "ecs.capability.execution-role-awslogs",
        `${L}docker-remote-api.1.29`,
      ],
    },
    {
      name: "an ECR image",
      container: { image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1" },
      expected: [`${L}ecr-auth`],
    },
    {
      name: "awsvpc",
      task: { networkMode: "awsvpc" },
      expected: ["ecs.capability.task-eni", `${L}docker-remote-api.1.18`],
    },
    { name: "a task role", task: { taskRoleArn: "x" }, expected: [`${L}task-iam-role`] },
    {
      name: "a health check",
      container: { healthCheck: { command: ["CMD", "true"] } },
      expected: ["ecs.capability.container-health-check", `${L}docker-remote-api.1.24`],
    },
    {
      name: "a Docker volume",
      task: { volumes: [{ name: "a", dockerVolumeConfiguration: {} }] },
      expected: ["ecs.capability.docker-plugin.local", `${L}docker-remote-api.1.25`],
    },
    {
      name: "an empty list of ulimits",
      container: { ulimits: [] },
      expected: [`${L}docker-remote-api.1.18`],
    },
    {
      name: "secrets of both stores",
      container: {
        secrets: [
          { name: "A", valueFrom: "/a" },
          { name: "B", valueFrom: "arn:aws:secretsmanager:r:1:secret:b" },
        ],
      },
      expected: [
        "ecs.capability.secrets.ssm.environment-variables",
        "ecs.capability.secrets.asm.environment-variables",
      ],
    },
    {
      name: "a start order",
      container: { dependsOn: [{ containerName: "b", condition: "START" }] },
      expected: ["ecs.capability.container-ordering"],
    },
  ])("$name", ({ container = {}, task = {}, expected }) => {
    expect(attributesOf(container, task)).toEqual(expected);
  });
});
