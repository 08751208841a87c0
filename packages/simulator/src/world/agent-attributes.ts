import { OWN_TASK_NETWORK } from "@berth/domain/awsvpc";
import type { Attribute } from "@berth/domain/container-instance";

/** API versions that task definitions ask for; the gaps are ECS's own. */
const DOCKER_API_MINORS = [17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 32];
const LOGGING_DRIVERS = ["json-file", "awslogs", "syslog", "journald", "fluentd", "splunk", "none"];

/**
 * What an instance of today's ECS-optimized AMI says that it can do, with Linux on x86_64, and that it
 * makes networks of tasks, which Berth's own agent does. Source: ECS developer guide, "Container
 * instance attributes".
 */
export const AGENT_ATTRIBUTES: readonly Attribute[] = [
  ...[
    ...DOCKER_API_MINORS.map(
      (minor) => `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}`,
    ),
    ...LOGGING_DRIVERS.map((driver) => `com.amazonaws.ecs.capability.logging-driver.${driver}`),
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.task-iam-role",
    "com.amazonaws.ecs.capability.task-iam-role-network-host",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.docker-plugin.local",
    "ecs.capability.env-files.s3",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.full-sync",
    "ecs.capability.increased-task-cpu-limit",
    "ecs.capability.private-registry-authentication.secretsmanager",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.task-cpu-mem-limit",
    "ecs.capability.task-eni",
    OWN_TASK_NETWORK,
  ].map((name) => ({ name })),
  { name: "ecs.os-type", value: "linux" },
  { name: "ecs.os-family", value: "LINUX" },
  { name: "ecs.cpu-architecture", value: "x86_64" },
];
