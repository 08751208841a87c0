import type { Tag } from "./tag.ts";

export interface PortMapping {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol?: "tcp" | "udp";
  readonly name?: string;
  readonly appProtocol?: string;
  readonly containerPortRange?: string;
}

export type DependencyCondition = "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";

export interface HealthCheck {
  readonly command: readonly string[];
  /** Seconds. */
  readonly interval?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly retries?: number;
  /** Seconds. */
  readonly startPeriod?: number;
}

/**
 * What Berth itself reads of a container definition. Members that it only keeps and gives back are
 * in the same object, untyped. Source: ECS API reference, ContainerDefinition.
 */
export interface ResourceRequirement {
  readonly type: "GPU" | "InferenceAccelerator" | "NeuronDevice";
  readonly value: string;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  /** CPU units, 1024 to a vCPU. */
  readonly cpu: number;
  /** Hard limit, MiB. */
  readonly memory?: number;
  /** Soft limit, MiB. */
  readonly memoryReservation?: number;
  readonly essential: boolean;
  readonly portMappings: readonly PortMapping[];
  readonly environment: readonly { readonly name?: string; readonly value?: string }[];
  readonly mountPoints: readonly {
    readonly sourceVolume?: string;
    readonly containerPath?: string;
    readonly readOnly?: boolean;
  }[];
  readonly volumesFrom: readonly {
    readonly sourceContainer?: string;
    readonly readOnly?: boolean;
  }[];
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly dependsOn?: readonly {
    readonly containerName: string;
    readonly condition: DependencyCondition;
  }[];
  readonly links?: readonly string[];
  readonly healthCheck?: HealthCheck;
  /** Seconds. */
  readonly startTimeout?: number;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopTimeout?: number;
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly hostname?: string;
  readonly readonlyRootFilesystem?: boolean;
  readonly privileged?: boolean;
  readonly interactive?: boolean;
  readonly pseudoTerminal?: boolean;
  readonly disableNetworking?: boolean;
  readonly dnsServers?: readonly string[];
  readonly dnsSearchDomains?: readonly string[];
  readonly extraHosts?: readonly { readonly hostname: string; readonly ipAddress: string }[];
  readonly dockerSecurityOptions?: readonly string[];
  readonly dockerLabels?: Readonly<Record<string, string>>;
  readonly ulimits?: readonly {
    readonly name: string;
    readonly softLimit: number;
    readonly hardLimit: number;
  }[];
  readonly systemControls?: readonly { readonly namespace?: string; readonly value?: string }[];
  readonly linuxParameters?: {
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
    readonly initProcessEnabled?: boolean;
    /** MiB. */
    readonly sharedMemorySize?: number;
    readonly tmpfs?: readonly {
      readonly containerPath: string;
      /** MiB. */
      readonly size: number;
      readonly mountOptions?: readonly string[];
    }[];
    readonly devices?: readonly {
      readonly hostPath: string;
      readonly containerPath?: string;
      readonly permissions?: readonly string[];
    }[];
    readonly maxSwap?: number;
    readonly swappiness?: number;
  };
  readonly logConfiguration?: {
    readonly logDriver: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly secretOptions?: readonly { readonly name: string; readonly valueFrom: string }[];
  };
  readonly resourceRequirements?: readonly ResourceRequirement[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly environmentFiles?: readonly EnvironmentFile[];
  readonly repositoryCredentials?: { readonly credentialsParameter: string };
  readonly restartPolicy?: {
    readonly enabled: boolean;
    readonly ignoredExitCodes?: readonly number[];
    /** Seconds. */
    readonly restartAttemptPeriod?: number;
  };
  readonly [kept: string]: unknown;
}

/** Lines of `NAME=value` in an object of S3, by its ARN. */
export interface EnvironmentFile {
  readonly type: "s3";
  readonly value: string;
}

export interface Volume {
  readonly name?: string;
  readonly host?: { readonly sourcePath?: string };
  readonly dockerVolumeConfiguration?: {
    readonly scope?: "task" | "shared";
    readonly autoprovision?: boolean;
    readonly driver?: string;
    readonly driverOpts?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [kept: string]: unknown;
}

export type NetworkMode = "bridge" | "host" | "awsvpc" | "none";

export interface PlacementConstraint {
  readonly type: "distinctInstance" | "memberOf";
  readonly expression?: string;
}

/** One immutable revision, as registered plus ECS's own defaults; only its status, with what belongs to
 * that, and its tags ever change. */
export interface TaskDefinition {
  readonly family: string;
  readonly revision: number;
  readonly status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly volumes: readonly Volume[];
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly networkMode?: NetworkMode;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  /** CPU units as decimal text, as ECS keeps it. */
  readonly cpu?: string;
  /** MiB as decimal text, as ECS keeps it. */
  readonly memory?: string;
  readonly requiresCompatibilities?: readonly string[];
  readonly compatibilities: readonly string[];
  readonly requiresAttributes: readonly { readonly name: string; readonly value?: string }[];
  readonly runtimePlatform?: {
    readonly cpuArchitecture?: string;
    readonly operatingSystemFamily?: string;
  };
  readonly pidMode?: "host" | "task";
  readonly ipcMode?: "host" | "task" | "none";
  readonly tags: readonly Tag[];
  /** Epoch ms. */
  readonly registeredAt: number;
  readonly registeredBy: string;
  /** Epoch ms. */
  readonly deregisteredAt?: number;
  /** Epoch ms. */
  readonly deleteRequestedAt?: number;
  /** Epoch ms: nothing was found to refer to it, and it goes if that is so once more (ADR 0027). */
  readonly unusedSince?: number;
  readonly [kept: string]: unknown;
}

/** `family:revision`, the short form that names a task definition everywhere. */
export const taskDefinitionName = (definition: { family: string; revision: number }): string =>
  `${definition.family}:${definition.revision}`;
