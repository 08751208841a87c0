import type { AwsvpcConfiguration } from "@berth/domain/awsvpc";
import { aTaskDefinition } from "./builders.ts";
import { aPlaneWithCluster } from "./command-set-up.ts";

/** A definition whose tasks have networks of their own: `vpc:1`. */
export const vpcDefinition = aTaskDefinition({
  family: "vpc",
  networkMode: "awsvpc",
  compatibilities: ["EC2"],
  requiresAttributes: [{ name: "ecs.capability.task-eni" }],
});

const NETWORK_ATTRIBUTES = [{ name: "ecs.capability.task-eni" }, { name: "berth.task-network" }];

/** A control plane with that definition, `web:1`, and an instance whose agent makes networks of tasks. */
export const aPlaneWithNetworks = () =>
  aPlaneWithCluster({
    definitions: [vpcDefinition, { ...vpcDefinition, revision: 2 }, aTaskDefinition()],
    instance: { attributes: NETWORK_ATTRIBUTES },
  });

/** As requests give it. */
export const inSubnets = (...subnets: string[]) => ({
  awsvpcConfiguration: { subnets, securityGroups: ["sg-1"] },
});

/** As it is kept and shown. */
export const networkIn = (...subnets: string[]): AwsvpcConfiguration => ({
  subnets,
  securityGroups: ["sg-1"],
  assignPublicIp: "DISABLED",
});
