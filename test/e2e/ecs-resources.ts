import type { TerraformResources } from "../stacks/terraform/export.ts";

const CLUSTER = "default";
const TASK_DEFINITION = "${aws_ecs_task_definition.web.arn}";

/** One of each resource of ECS that Terraform's AWS provider has and Berth carries out. */
export const ecsResources = ({
  tag,
  desiredCount,
}: {
  readonly tag: "1" | "2";
  readonly desiredCount: number;
}): TerraformResources => ({
  aws_ecs_account_setting_default: {
    insights: { name: "containerInsights", value: "enabled" },
  },
  aws_ecs_capacity_provider: {
    spot: {
      name: "spot",
      auto_scaling_group_provider: {
        auto_scaling_group_arn:
          "arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:11111111-1111-1111-1111-111111111111:autoScalingGroupName/spot",
        managed_termination_protection: "DISABLED",
        managed_scaling: { status: "ENABLED", target_capacity: tag === "1" ? 90 : 80 },
      },
    },
  },
  aws_ecs_cluster: {
    other: {
      name: "other",
      setting: { name: "containerInsights", value: tag === "1" ? "enabled" : "disabled" },
    },
  },
  aws_ecs_cluster_capacity_providers: {
    other: {
      cluster_name: "${aws_ecs_cluster.other.name}",
      capacity_providers: ["${aws_ecs_capacity_provider.spot.name}"],
      default_capacity_provider_strategy: {
        capacity_provider: "${aws_ecs_capacity_provider.spot.name}",
        weight: 1,
      },
    },
  },
  aws_ecs_task_definition: {
    web: {
      family: "web",
      network_mode: "bridge",
      requires_compatibilities: ["EC2"],
      container_definitions: JSON.stringify([
        {
          name: "web",
          image: `berth/demo:${tag}`,
          memory: 32,
          cpu: 32,
          essential: true,
          portMappings: [{ containerPort: 80, hostPort: 0 }],
          environment: [{ name: "A", value: "1" }],
          healthCheck: { command: ["CMD-SHELL", "true"], interval: 5 },
        },
      ]),
      volume: { name: "data" },
      placement_constraints: {
        type: "memberOf",
        expression: "attribute:ecs.os-type == linux",
      },
      tags: { team: "a" },
    },
    own: {
      family: "own",
      network_mode: "awsvpc",
      requires_compatibilities: ["EC2"],
      container_definitions: JSON.stringify([
        { name: "own", image: "berth/demo:1", memory: 32, portMappings: [{ containerPort: 80 }] },
      ]),
    },
  },
  aws_ecs_service: {
    web: {
      name: "web",
      cluster: CLUSTER,
      task_definition: TASK_DEFINITION,
      desired_count: desiredCount,
      launch_type: "EC2",
      deployment_minimum_healthy_percent: 50,
      deployment_circuit_breaker: { enable: true, rollback: true },
      ordered_placement_strategy: { type: "spread", field: "attribute:ecs.availability-zone" },
      propagate_tags: "SERVICE",
      enable_ecs_managed_tags: true,
      wait_for_steady_state: true,
      tags: { team: "a" },
    },
    own: {
      name: "own",
      cluster: CLUSTER,
      task_definition: "${aws_ecs_task_definition.own.arn}",
      desired_count: 1,
      network_configuration: {
        subnets: tag === "1" ? ["subnet-b", "subnet-a"] : ["subnet-c"],
        security_groups: ["sg-1"],
      },
      wait_for_steady_state: true,
    },
    daemon: {
      name: "daemon",
      cluster: CLUSTER,
      task_definition: TASK_DEFINITION,
      scheduling_strategy: "DAEMON",
      deployment_minimum_healthy_percent: 0,
      deployment_maximum_percent: 100,
    },
    external: {
      name: "external",
      cluster: CLUSTER,
      desired_count: 1,
      deployment_controller: { type: "EXTERNAL" },
    },
  },
  aws_ecs_task_set: {
    blue: {
      service: "${aws_ecs_service.external.id}",
      cluster: CLUSTER,
      task_definition: TASK_DEFINITION,
      scale: { value: 100 },
      wait_until_stable: true,
      force_delete: true,
    },
  },
});
