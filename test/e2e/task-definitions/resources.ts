import { expect } from "vitest";
import type { Host } from "./host.ts";
import { sh, type Row } from "./row.ts";

const MIB = 1_048_576;

/** No more than their names, on an instance whose usual runtime stands in for the one of GPUs. */
const GPU_IDS = ["GPU-e2e-a", "GPU-e2e-b"];

/** The instance's settings for them, once the file that tells of them is written. */
export async function offerGpus({
  run,
  settings,
}: Host): Promise<Readonly<Record<string, string>>> {
  const infoFile = `${settings}/berth-e2e-gpus.json`;
  await run(`echo '${JSON.stringify({ GPUIDs: GPU_IDS, DriverVersion: "535.1" })}' > ${infoFile}`);
  return {
    ECS_ENABLE_GPU_SUPPORT: "true",
    ECS_NVIDIA_RUNTIME: "runc",
    BERTH_GPU_INFO_FILE: infoFile,
  };
}

/** What a container has of its instance. */
export const RESOURCE_ROWS: readonly Row[] = [
  {
    field: "memory",
    does: "is a hard limit",
    main: { command: ["true"], memory: 24 },
    engine: { HostConfig: { Memory: 24 * MIB, MemoryReservation: 0 } },
  },
  {
    field: "memoryReservation",
    does: "is a soft limit, with no hard one",
    main: { command: ["true"], memoryReservation: 24 },
    engine: { HostConfig: { Memory: 0, MemoryReservation: 24 * MIB } },
  },
  {
    field: "memoryReservation",
    does: "stands beside a hard limit",
    main: { command: ["true"], memory: 48, memoryReservation: 24 },
    engine: { HostConfig: { Memory: 48 * MIB, MemoryReservation: 24 * MIB } },
  },
  {
    field: "memory",
    does: "kills what needs more, and the reason says so",
    main: sh("sleep 1; dd if=/dev/zero of=/dev/null bs=128M"),
    exitCode: 137,
    shown: {
      stopCode: "EssentialContainerExited",
      containers: [{ reason: "OutOfMemoryError: Container killed due to memory usage" }],
    },
  },
  {
    field: "memory of the task",
    does: "is shared by its containers, and kills what needs more",
    main: {
      ...sh("sleep 1; dd if=/dev/zero of=/dev/null bs=128M"),
      memory: undefined,
    },
    task: { memory: "32" },
    exitCode: 137,
    shown: {
      memory: "32",
      containers: [{ reason: "OutOfMemoryError: Container killed due to memory usage" }],
    },
  },
  {
    field: "memory of the task",
    does: "is told of the container that was killed, and not of the others",
    main: { ...sh("sleep 10"), memory: undefined, portMappings: [{ containerPort: 80 }] },
    beside: [
      {
        ...sh("dd if=/dev/zero of=/dev/null bs=128M"),
        name: "side",
        memory: undefined,
        essential: false,
      },
    ],
    task: { memory: "32" },
    look: ({ task }) => {
      const reasons = new Map(task.containers?.map(({ name, reason }) => [name, reason]));
      expect(reasons.get("side")).toMatch(/^OutOfMemoryError: /);
      expect(reasons.get("main")).toBeUndefined();
    },
  },
  {
    field: "overrides of the task's size",
    does: "replace the definition's",
    main: { command: ["true"] },
    task: { cpu: "128", memory: "32" },
    overrides: { cpu: "256", memory: "64" },
    shown: { cpu: "256", memory: "64" },
  },
  {
    field: "overrides.memory",
    does: "replaces the definition's limits",
    main: { command: ["true"], memory: 48, memoryReservation: 24 },
    overrides: { containerOverrides: [{ name: "main", memory: 64, memoryReservation: 32 }] },
    engine: { HostConfig: { Memory: 64 * MIB, MemoryReservation: 32 * MIB } },
  },
  {
    field: "cpu",
    does: "is a share, against others on the instance",
    main: { command: ["true"], cpu: 64 },
    engine: { HostConfig: { CpuShares: 64, CpuQuota: 0 } },
  },
  {
    field: "cpu",
    does: "of nothing is the least there is",
    main: { command: ["true"], cpu: 0 },
    engine: { HostConfig: { CpuShares: 2 } },
  },
  {
    field: "overrides.cpu",
    does: "replaces the definition's share",
    main: { command: ["true"], cpu: 64 },
    overrides: { containerOverrides: [{ name: "main", cpu: 32 }] },
    engine: { HostConfig: { CpuShares: 32 } },
  },
  {
    field: "ulimits",
    does: "limits open files",
    main: {
      ...sh("ulimit -Sn; ulimit -Hn"),
      ulimits: [{ name: "nofile", softLimit: 100, hardLimit: 200 }],
    },
    prints: "100\n200",
  },
  {
    field: "ulimits",
    does: "limits several things",
    main: {
      ...sh("ulimit -c; ulimit -s"),
      ulimits: [
        { name: "core", softLimit: 0, hardLimit: 0 },
        { name: "stack", softLimit: 4 * MIB, hardLimit: 4 * MIB },
      ],
    },
    prints: "0\n4096",
  },
  {
    field: "linuxParameters.sharedMemorySize",
    does: "is the size of /dev/shm",
    main: { ...sh("df -m /dev/shm | tail -n 1"), linuxParameters: { sharedMemorySize: 12 } },
    prints: /\s12\s/,
  },
  {
    field: "linuxParameters.tmpfs",
    does: "mounts memory of that size",
    main: {
      ...sh("df -m /scratch | tail -n 1"),
      linuxParameters: { tmpfs: [{ containerPath: "/scratch", size: 5 }] },
    },
    prints: /^tmpfs\s+5\s/,
  },
  {
    field: "linuxParameters.tmpfs",
    does: "mounts it with options",
    main: {
      ...sh("grep ' /scratch ' /proc/mounts"),
      linuxParameters: {
        tmpfs: [{ containerPath: "/scratch", size: 5, mountOptions: ["ro", "mode=700"] }],
      },
    },
    prints: /tmpfs ro,.*size=5120k,mode=700/,
  },
  {
    field: "linuxParameters.maxSwap",
    does: "adds to the memory in the engine's limit",
    main: { command: ["true"], memory: 32, linuxParameters: { maxSwap: 8 } },
    engine: { HostConfig: { Memory: 32 * MIB, MemorySwap: 40 * MIB } },
  },
  {
    field: "linuxParameters.maxSwap",
    does: "of nothing allows no swap",
    main: { command: ["true"], memory: 32, linuxParameters: { maxSwap: 0 } },
    engine: { HostConfig: { Memory: 32 * MIB, MemorySwap: 32 * MIB } },
  },
  {
    field: "linuxParameters.devices",
    does: "shows a device of the host under a name of its own",
    main: {
      ...sh("test -c /dev/mine && head -c 4 /dev/mine | busybox wc -c"),
      linuxParameters: { devices: [{ hostPath: "/dev/zero", containerPath: "/dev/mine" }] },
    },
    prints: "4",
  },
  {
    field: "linuxParameters.devices",
    does: "allows no more than is said",
    main: {
      ...sh("head -c 4 /dev/zero | busybox wc -c; (echo x > /dev/mine) 2>&1"),
      linuxParameters: {
        devices: [{ hostPath: "/dev/kmsg", containerPath: "/dev/mine", permissions: ["read"] }],
      },
    },
    exitCode: 1,
    prints: /^4\n.*Operation not permitted$/,
  },
  {
    field: "resourceRequirements",
    does: "GPU names the GPUs that the container has to itself",
    main: {
      ...sh("echo $NVIDIA_VISIBLE_DEVICES"),
      resourceRequirements: [{ type: "GPU", value: "2" }],
    },
    prints: GPU_IDS.join(","),
    engine: { HostConfig: { Runtime: "runc" } },
    shown: { containers: [{ gpuIds: GPU_IDS }] },
  },
  {
    field: "systemControls",
    does: "sets parameters of the container's kernel namespaces",
    main: {
      ...sh("cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax"),
      systemControls: [
        { namespace: "net.core.somaxconn", value: "321" },
        { namespace: "kernel.msgmax", value: "4321" },
      ],
    },
    prints: "321\n4321",
  },
];
