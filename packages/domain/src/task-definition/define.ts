import { defined } from "../defined.ts";
import { roleArn } from "../role-arn.ts";
import type { Tag } from "../tag.ts";
import type { ContainerDefinition, TaskDefinition } from "../task-definition.ts";
import { compatibilitiesOf } from "./compatibilities.ts";
import type { GivenContainer, GivenPortMapping, Registration } from "./registration.ts";
import { networkModeOf } from "./registration.ts";
import { requiredAttributes } from "./required-attributes.ts";
import { cpuUnitsOf, memoryMiBOf } from "./sizes.ts";

/** What the registration itself does not say. */
export interface RegistrationRecord {
  /** Twelve digits: bare role names are of this account. */
  readonly account: string;
  readonly revision: number;
  readonly tags: readonly Tag[];
  /** Epoch ms. */
  readonly registeredAt: number;
  readonly registeredBy: string;
}

/**
 * The task definition that a registration without faults makes: all that was given, and ECS's own
 * defaults where it echoes them. Source: ECS API reference, RegisterTaskDefinition.
 */
export function defineTask(registration: Registration, record: RegistrationRecord): TaskDefinition {
  const { account, ...rest } = record;
  const roleOf = (role: string | undefined) => role && roleArn(account, role);
  const given = {
    ...registration,
    cpu: sizeText(registration.cpu, cpuUnitsOf),
    memory: sizeText(registration.memory, memoryMiBOf),
    taskRoleArn: roleOf(registration.taskRoleArn),
    executionRoleArn: roleOf(registration.executionRoleArn),
  };
  const networkMode = networkModeOf(registration);
  // The rules have run: what must be there is there.
  return {
    ...defined(given),
    ...rest,
    status: "ACTIVE",
    containerDefinitions: (registration.containerDefinitions ?? []).map((container) =>
      withDefaults(container, networkMode),
    ),
    volumes: registration.volumes ?? [],
    placementConstraints: registration.placementConstraints ?? [],
    compatibilities: compatibilitiesOf(registration),
    requiresAttributes: requiredAttributes(registration),
  } as TaskDefinition;
}

const sizeText = (text: string | undefined, parse: (text: string) => number | undefined) =>
  text === undefined ? undefined : String(parse(text));

function withDefaults(container: GivenContainer, networkMode: string): ContainerDefinition {
  const defaults = {
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
  };
  const portMappings = (container.portMappings ?? []).map((port) =>
    withPortDefaults(port, networkMode),
  );
  return { ...defaults, ...defined(container), portMappings } as unknown as ContainerDefinition;
}

function withPortDefaults(port: GivenPortMapping, networkMode: string): GivenPortMapping {
  const given = { protocol: "tcp" as const, ...defined(port) };
  if (port.containerPortRange !== undefined) return given;
  // With a network of its own or the host's, there is no other port it could be.
  const hostPort = networkMode === "bridge" ? 0 : port.containerPort;
  return { hostPort, ...given };
}
