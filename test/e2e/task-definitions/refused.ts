import type { Row } from "./row.ts";

/** A definition that is registered and not run. */
export interface RefusedRow extends Row {
  /** Why not: what RunTask answers. */
  readonly refusal: RegExp;
}

const FILE_SYSTEM = "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1";

/** What Berth does not have yet, and what this instance cannot do: a definition never runs without a part of it. */
export const REFUSED_ROWS: readonly RefusedRow[] = [
  {
    field: "firelensConfiguration",
    does: "is not had yet",
    main: { firelensConfiguration: { type: "fluentbit" } },
    refusal: /does not have this yet: firelensConfiguration of container main/,
  },
  {
    field: "networkMode",
    does: "awsvpc wants a configuration of the network",
    task: { networkMode: "awsvpc" },
    refusal: /Network Configuration must be provided/,
  },
  {
    field: "enableFaultInjection",
    does: "is not had yet",
    task: { enableFaultInjection: true },
    refusal: /does not have this yet: enableFaultInjection/,
  },
  {
    field: "volumes.efsVolumeConfiguration",
    does: "is not had yet",
    task: { volumes: [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-12345678" } }] },
    refusal: /does not have this yet: efsVolumeConfiguration of volume data/,
  },
  {
    field: "volumes.s3filesVolumeConfiguration",
    does: "is not had yet",
    task: {
      volumes: [{ name: "data", s3filesVolumeConfiguration: { fileSystemArn: FILE_SYSTEM } }],
    },
    refusal: /does not have this yet: s3filesVolumeConfiguration of volume data/,
  },
  {
    field: "volumes.configuredAtLaunch",
    does: "is not had yet",
    task: { volumes: [{ name: "data", configuredAtLaunch: true }] },
    refusal: /does not have this yet: configuredAtLaunch of volume data/,
  },
  {
    field: "volumes.dockerVolumeConfiguration.driver",
    does: "needs its plugin on the instance",
    task: {
      volumes: [
        { name: "data", dockerVolumeConfiguration: { scope: "task", driver: "rexray/ebs" } },
      ],
    },
    refusal: /"reason":"ATTRIBUTE"/,
  },
  {
    field: "logConfiguration.logDriver",
    does: "has to be one of the instance's",
    main: { logConfiguration: { logDriver: "splunk", options: { "splunk-url": "http://s" } } },
    refusal: /"reason":"ATTRIBUTE"/,
  },
  {
    field: "dockerSecurityOptions",
    does: "need an instance that says it has them",
    main: { dockerSecurityOptions: ["apparmor:docker-default"] },
    refusal: /"reason":"ATTRIBUTE"/,
  },
  {
    field: "placementConstraints",
    does: "are for instances that there are not",
    task: { placementConstraints: [{ type: "memberOf", expression: "attribute:rack == r9" }] },
    refusal: /"reason":"[^"]*"/,
  },
  {
    field: "memory",
    does: "beyond the instance's is not had",
    main: { memory: 1_000_000 },
    refusal: /"reason":"RESOURCE:MEMORY"/,
  },
  {
    field: "resourceRequirements",
    does: "of more GPUs than there are is not had",
    main: { resourceRequirements: [{ type: "GPU", value: "3" }] },
    refusal: /"reason":"RESOURCE:GPU"/,
  },
];
