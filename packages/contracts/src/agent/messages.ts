import type { TaskMetric } from "./container-metrics.ts";

/**
 * The agent's command protocol (ACS) as the real amazon-ecs-agent speaks it: one JSON text frame
 * `{"type","message"}` each way. Names, optionality and spelling are the agent's.
 */
export interface Envelope<Type extends string = string, Message = unknown> {
  readonly type: Type;
  readonly message: Message;
}

/** One port, of which 0 lets the agent pick the host's, or a range `80-90`, whose host ports it picks. */
export interface PayloadPort {
  readonly containerPort?: number;
  readonly containerPortRange?: string;
  readonly hostPort?: number;
  readonly protocol: "tcp" | "udp";
}

/** A file in the form of `NAME=value` lines, by the ARN of its object. */
export interface PayloadFile {
  readonly type: "s3";
  readonly value: string;
}

/** What the agent fetches with the task's execution role; the value itself is in no message. */
export interface PayloadSecret {
  readonly name: string;
  /** An ARN, or the name of a parameter. */
  readonly valueFrom: string;
  readonly provider: "asm" | "ssm";
  readonly region: string;
  /** A variable of the container, or an option of its log. */
  readonly type: "ENVIRONMENT_VARIABLE" | "BOOTSTRAP";
  readonly target: "CONTAINER" | "LOG_DRIVER";
}

export interface PayloadContainer {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly containerArn?: string;
  /** CPU units; Docker shares, at least 2. */
  readonly cpu?: number;
  /** Hard limit in MiB; 0 is none. */
  readonly memory?: number;
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly portMappings?: readonly PayloadPort[];
  readonly mountPoints?: readonly {
    readonly sourceVolume: string;
    readonly containerPath: string;
    readonly readOnly: boolean;
  }[];
  readonly volumesFrom?: readonly {
    readonly sourceContainer: string;
    readonly readOnly: boolean;
  }[];
  readonly links?: readonly string[];
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
  /** Seconds. */
  readonly startTimeout?: number;
  /** Seconds; beats ECS_CONTAINER_STOP_TIMEOUT. */
  readonly stopTimeout?: number;
  readonly restartPolicy?: {
    readonly enabled: boolean;
    readonly ignoredExitCodes?: readonly number[];
    /** Seconds that it must have run for. */
    readonly restartAttemptPeriod?: number;
  };
  readonly healthCheckType?: "docker";
  /** Its `awslogs` uses the keys of the execution role. */
  readonly logsAuthStrategy?: "ExecutionRole";
  /** Earlier ones win, and `environment` wins over all of them. */
  readonly environmentFiles?: readonly PayloadFile[];
  readonly secrets?: readonly PayloadSecret[];
  /** How its image's registry lets it in. */
  readonly registryAuthentication?: {
    readonly type: "asm";
    readonly asmAuthData: { readonly credentialsParameter: string; readonly region: string };
  };
  readonly dockerConfig?: {
    readonly version: string;
    /** JSON text of the Engine API's container Config: User, WorkingDir, Healthcheck (ns), …. */
    readonly config?: string;
    /** JSON text of the Engine API's HostConfig: Privileged, Ulimits, LogConfig, …. */
    readonly hostConfig?: string;
  };
}

export interface PayloadVolume {
  readonly name: string;
  readonly type: "host" | "docker";
  readonly host?: { readonly sourcePath?: string };
  readonly dockerVolumeConfiguration?: {
    readonly scope?: string;
    readonly autoprovision?: boolean;
    readonly driver?: string;
    readonly driverOpts?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** Temporary keys of a role. All but `roleArn` and `expiration` is secret, `credentialsId` included. */
export interface RoleCredentials {
  /** The same for a task's role from its start to its end: by it the task asks for the keys. */
  readonly credentialsId: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** RFC 3339; agents hand it on as it is. */
  readonly expiration: string;
}

/**
 * A task's network interface. Its address, which a control plane tells of one that is in a VPC, is
 * the agent's to find here (ADR 0040).
 */
export interface PayloadNetworkInterface {
  readonly attachmentArn: string;
  readonly ec2Id: string;
  readonly index: number;
  readonly macAddress: string;
  readonly privateDnsName: string;
}

export interface PayloadTask {
  readonly arn: string;
  readonly desiredStatus: "RUNNING" | "STOPPED";
  readonly family: string;
  /** Revision, as text. */
  readonly version: string;
  readonly taskClusterArn?: string;
  readonly containers: readonly PayloadContainer[];
  readonly volumes: readonly PayloadVolume[];
  /** vCPU, not units. */
  readonly cpu?: number;
  /** MiB. */
  readonly memory?: number;
  readonly networkMode?: string;
  readonly pidMode?: string;
  readonly ipcMode?: string;
  readonly launchType?: string;
  readonly serviceName?: string;
  readonly group?: string;
  /** One, where the mode is `awsvpc`. */
  readonly elasticNetworkInterfaces?: readonly PayloadNetworkInterface[];
  /** Of the task's own role. */
  readonly roleCredentials?: RoleCredentials;
  /** Of the role that is used for it, and never given to it. */
  readonly executionRoleCredentials?: RoleCredentials;
  /** Which container has which GPU: `name` is the GPU's id, `containers` the one container. */
  readonly associations?: readonly {
    readonly type: "gpu";
    readonly name: string;
    readonly containers: readonly string[];
  }[];
}

export type PayloadMessage = Envelope<
  "PayloadMessage",
  {
    readonly clusterArn: string;
    readonly containerInstanceArn: string;
    readonly messageId: string;
    readonly seqNum: number;
    /** Epoch ms. */
    readonly generatedAt: number;
    readonly tasks: readonly PayloadTask[];
  }
>;

export type HeartbeatMessage = Envelope<
  "HeartbeatMessage",
  { readonly messageId: string; readonly healthy: boolean }
>;

export type TaskManifestMessage = Envelope<
  "TaskManifestMessage",
  {
    readonly clusterArn: string;
    readonly containerInstanceArn: string;
    readonly messageId: string;
    readonly generatedAt: number;
    readonly timeline: number;
    readonly tasks: readonly {
      readonly taskArn: string;
      readonly taskClusterArn?: string;
      readonly desiredStatus: "RUNNING" | "STOPPED";
    }[];
  }
>;

export interface TaskIdentifier {
  readonly taskArn: string;
  readonly taskClusterArn?: string;
  readonly desiredStatus?: string;
}

export type TaskStopVerificationAck = Envelope<
  "TaskStopVerificationAck",
  {
    readonly messageId: string;
    readonly generatedAt: number;
    readonly stopTasks: readonly TaskIdentifier[];
  }
>;

export const ROLE_TYPES = ["TaskApplication", "TaskExecution"] as const;
export type RoleType = (typeof ROLE_TYPES)[number];

/** New keys for a task, before the old ones expire. */
export type IAMRoleCredentialsMessage = Envelope<
  "IAMRoleCredentialsMessage",
  {
    readonly messageId: string;
    readonly taskArn: string;
    readonly taskClusterArn: string;
    readonly roleType: RoleType;
    readonly roleCredentials: RoleCredentials;
  }
>;

export type CloseMessage = Envelope<"CloseMessage", { readonly message: string }>;

/** Control plane to agent, on the ACS socket. */
export type AcsMessage =
  | PayloadMessage
  | HeartbeatMessage
  | TaskManifestMessage
  | TaskStopVerificationAck
  | IAMRoleCredentialsMessage
  | CloseMessage;

export type AckRequest = Envelope<
  "AckRequest",
  { readonly cluster: string; readonly containerInstance: string; readonly messageId: string }
>;

export type HeartbeatAckRequest = Envelope<"HeartbeatAckRequest", { readonly messageId: string }>;

/** One for each set of keys, those in a payload included. */
export type IAMRoleCredentialsAckRequest = Envelope<
  "IAMRoleCredentialsAckRequest",
  { readonly messageId: string; readonly credentialsId: string; readonly expiration: string }
>;

export type TaskStopVerificationMessage = Envelope<
  "TaskStopVerificationMessage",
  { readonly messageId: string; readonly stopCandidates: readonly TaskIdentifier[] }
>;

/** Agent to control plane, on the ACS socket. */
export type AcsRequest =
  | AckRequest
  | HeartbeatAckRequest
  | IAMRoleCredentialsAckRequest
  | TaskStopVerificationMessage;

export type PublishHealthRequest = Envelope<
  "PublishHealthRequest",
  {
    readonly metadata: {
      readonly cluster: string;
      readonly containerInstance: string;
      readonly messageId: string;
      readonly fin: boolean;
    };
    readonly tasks: readonly {
      readonly taskArn: string;
      readonly clusterArn: string;
      readonly taskDefinitionFamily: string;
      readonly taskDefinitionVersion: string;
      readonly containers: readonly {
        readonly containerName: string;
        readonly healthStatus: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
        /** Epoch seconds. */
        readonly statusSince?: number;
      }[];
    }[];
    /** Epoch seconds. */
    readonly timestamp: number;
  }
>;

export type PublishMetricsRequest = Envelope<
  "PublishMetricsRequest",
  {
    readonly metadata: {
      readonly cluster: string;
      readonly containerInstance: string;
      readonly messageId: string;
      readonly idle: boolean;
      readonly fin: boolean;
    };
    readonly taskMetrics: readonly TaskMetric[];
    readonly timestamp: number;
  }
>;

export type PublishInstanceStatusRequest = Envelope<
  "PublishInstanceStatusRequest",
  {
    readonly metadata: {
      readonly cluster: string;
      readonly containerInstance: string;
      readonly requestId: string;
    };
    readonly statuses: readonly {
      /** `ContainerRuntime` is the one that agents know. */
      readonly type: string;
      readonly status: "OK" | "IMPAIRED" | "INITIALIZING" | "INSUFFICIENT_DATA";
      /** Epoch seconds. */
      readonly lastUpdated?: number;
      /** Epoch seconds. */
      readonly lastStatusChange?: number;
    }[];
    /** Epoch seconds. */
    readonly timestamp: number;
  }
>;

/** Agent to control plane, on the TCS socket; each frame has a header block before the JSON. */
export type TcsRequest =
  | PublishHealthRequest
  | PublishMetricsRequest
  | PublishInstanceStatusRequest;
