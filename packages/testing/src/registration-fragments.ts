import type { EcsRequest } from "@berth/contracts/ecs-api/operations";

type Request = EcsRequest<"RegisterTaskDefinition">;
type Container = NonNullable<Request["containerDefinitions"]>[number];

const SECRET = { name: "TOKEN", valueFrom: "arn:aws:secretsmanager:r:123456789012:secret:token" };

/** Members of a container definition by what they are about; together they name each member there is. */
export const CONTAINER_FRAGMENTS: Readonly<Record<string, Partial<Container>>> = {
  "the least memory": { memory: 6 },
  "memory and a reservation": { memory: 128, memoryReservation: 64 },
  "the longest image": { image: "a".repeat(255) },
  cpu: { cpu: 1 },
  "a dynamic port": { portMappings: [{ containerPort: 80 }] },
  "named ports": {
    portMappings: [
      { containerPort: 1, hostPort: 1, protocol: "udp", name: "first" },
      { containerPort: 65_535, hostPort: 65_535, name: "last", appProtocol: "http2" },
    ],
  },
  "a range of ports": { portMappings: [{ containerPortRange: "8000-8099", protocol: "tcp" }] },
  "empty lists": {
    links: [],
    portMappings: [],
    entryPoint: [],
    command: [],
    environment: [],
    environmentFiles: [],
    mountPoints: [],
    volumesFrom: [],
    secrets: [],
    dependsOn: [],
    dnsServers: [],
    dnsSearchDomains: [],
    extraHosts: [],
    dockerSecurityOptions: [],
    dockerLabels: {},
    ulimits: [],
    systemControls: [],
    resourceRequirements: [],
    credentialSpecs: [],
  },
  "what it runs": {
    entryPoint: ["/bin/sh", "-c"],
    command: ["exec server", ""],
    workingDirectory: "/srv",
    user: "1000:1000",
  },
  environment: {
    environment: [{ name: "A", value: "" }, { name: "B" }, { name: "C", value: "ü 漢 \u0000" }],
    environmentFiles: [{ type: "s3", value: "arn:aws:s3:::bucket/a.env" }],
  },
  secrets: { secrets: [SECRET, { name: "KEY", valueFrom: "/key" }] },
  mounts: {
    mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: true }],
    volumesFrom: [{ sourceContainer: "sidecar", readOnly: false }],
  },
  "an order": {
    dependsOn: [{ containerName: "sidecar", condition: "HEALTHY" }],
    startTimeout: 120,
    stopTimeout: 0,
  },
  links: { links: ["sidecar:db"] },
  "a hostname and names": {
    hostname: "web.local",
    dnsServers: ["10.0.0.2"],
    dnsSearchDomains: ["example.com"],
    extraHosts: [{ hostname: "db", ipAddress: "10.0.0.3" }],
  },
  "no network": { disableNetworking: true },
  privileges: {
    privileged: true,
    readonlyRootFilesystem: false,
    dockerSecurityOptions: ["no-new-privileges"],
  },
  "a terminal": { interactive: true, pseudoTerminal: true },
  labels: { dockerLabels: { "com.example.b": "", "com.example.a": "x", __proto__x: "y" } },
  limits: {
    ulimits: [
      { name: "nofile", softLimit: 0, hardLimit: -1 },
      { name: "core", softLimit: 1, hardLimit: 1 },
    ],
  },
  logs: {
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": "g",
        "awslogs-region": "r",
        "awslogs-stream-prefix": "p",
        mode: "non-blocking",
      },
      secretOptions: [],
    },
  },
  "secrets of a log driver": {
    logConfiguration: { logDriver: "splunk", secretOptions: [SECRET] },
  },
  "a health check": { healthCheck: { command: ["CMD-SHELL", "true"] } },
  "the slowest health check": {
    healthCheck: {
      command: ["CMD", "true"],
      interval: 300,
      timeout: 60,
      retries: 10,
      startPeriod: 300,
    },
  },
  "the fastest health check": {
    healthCheck: { command: ["CMD", "true"], interval: 5, timeout: 2, retries: 1, startPeriod: 0 },
  },
  "kernel parameters": { systemControls: [{ namespace: "net.core.somaxconn", value: "1024" }] },
  "Linux parameters": {
    linuxParameters: {
      capabilities: { add: ["SYS_PTRACE"], drop: ["ALL"] },
      devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/f", permissions: ["read", "mknod"] }],
      initProcessEnabled: true,
      sharedMemorySize: 64,
      tmpfs: [{ containerPath: "/tmp", size: 1, mountOptions: ["noexec"] }],
      maxSwap: 0,
      swappiness: 100,
    },
  },
  GPUs: { resourceRequirements: [{ type: "GPU", value: "2" }] },
  "a log router": {
    firelensConfiguration: { type: "fluentd", options: { "enable-ecs-log-metadata": "false" } },
  },
  "a private registry": {
    repositoryCredentials: { credentialsParameter: SECRET.valueFrom },
  },
  "credential specs": { credentialSpecs: ["credentialspec:arn:aws:s3:::bucket/spec.json"] },
  "a restart policy": {
    restartPolicy: { enabled: true, ignoredExitCodes: [0, 255], restartAttemptPeriod: 60 },
  },
  "the longest restart period": { restartPolicy: { enabled: false, restartAttemptPeriod: 1800 } },
  "version consistency": { versionConsistency: "disabled" },
};

/** The same of the definition itself. */
export const TASK_FRAGMENTS: Readonly<Record<string, Partial<Request>>> = {
  "sizes with units": { cpu: ".25 vCPU", memory: "0.5GB" },
  "the greatest size": { cpu: "196608", memory: "1 GB" },
  roles: { taskRoleArn: "app", executionRoleArn: "arn:aws:iam::999999999999:role/path/exec" },
  "every launch type of an instance": { requiresCompatibilities: ["EXTERNAL", "EC2"] },
  "no launch type": { requiresCompatibilities: [] },
  "ten constraints": {
    placementConstraints: Array.from({ length: 10 }, (_, index) => ({
      type: "memberOf" as const,
      expression: `attribute:rack != ${index}`,
    })),
  },
  Linux: { runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" } },
  Windows: { runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2025_CORE" } },
  "namespaces of the host": { pidMode: "host", ipcMode: "host" },
  "namespaces of the task": { pidMode: "task", ipcMode: "none" },
  "the least storage": { ephemeralStorage: { sizeInGiB: 21 } },
  "the most storage": { ephemeralStorage: { sizeInGiB: 200 } },
  "faults to be injected": { enableFaultInjection: true },
  "no faults": { enableFaultInjection: false },
  "a network of the host": { networkMode: "host" },
  "no network at all": { networkMode: "none" },
  "a network of its own": { networkMode: "awsvpc" },
  "a proxy": {
    networkMode: "awsvpc",
    proxyConfiguration: {
      type: "APPMESH",
      containerName: "sidecar",
      properties: [{ name: "ProxyIngressPort", value: "15000" }],
    },
  },
  "a bridge": { networkMode: "bridge" },
  tags: { tags: [{ key: "team", value: "" }] },
};

/** Volumes of every kind. */
export const VOLUMES: NonNullable<Request["volumes"]> = [
  { name: "data" },
  { name: "host", host: { sourcePath: "/srv" } },
  { name: "empty", host: {} },
  {
    name: "docker",
    dockerVolumeConfiguration: {
      scope: "shared",
      autoprovision: true,
      driver: "local",
      driverOpts: { type: "tmpfs" },
      labels: { a: "b" },
    },
  },
  {
    name: "efs",
    efsVolumeConfiguration: {
      fileSystemId: "fs-1",
      rootDirectory: "/",
      transitEncryption: "ENABLED",
      transitEncryptionPort: 2049,
      authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
    },
  },
  {
    name: "fsx",
    fsxWindowsFileServerVolumeConfiguration: {
      fileSystemId: "fs-1",
      rootDirectory: "share",
      authorizationConfig: { credentialsParameter: SECRET.valueFrom, domain: "d" },
    },
  },
  {
    name: "s3files",
    s3filesVolumeConfiguration: {
      fileSystemArn: "arn:aws:s3files:r:123456789012:file-system/fs-1",
      rootDirectory: "/",
      transitEncryptionPort: 2049,
      accessPointArn: "arn:aws:s3files:r:123456789012:access-point/fsap-1",
    },
  },
  { name: "launch", configuredAtLaunch: true },
];

/** `web` as these fragments have it, and a healthy `sidecar` for those that name one. */
export function registrationOf(
  containerFragments: readonly Partial<Container>[],
  taskFragments: readonly Partial<Request>[] = [],
): Request {
  const web: Container = Object.assign(
    { name: "web", image: "nginx:1.27", memory: 64 },
    ...containerFragments,
  );
  const sidecar: Container = {
    name: "sidecar",
    image: "envoy",
    memory: 64,
    essential: false,
    healthCheck: { command: ["CMD", "true"] },
  };
  return Object.assign(
    {
      family: "web",
      containerDefinitions: [web, sidecar],
      volumes: [{ name: "data" }],
      executionRoleArn: "exec",
    },
    ...taskFragments,
  ) as Request;
}
