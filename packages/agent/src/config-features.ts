import type { ConfigReader } from "./config-reader.ts";
import { defined } from "@berth/domain/defined";

/** What the agent makes of task definitions, beside what the engine needs to be told of every container. */
export interface FeatureConfig {
  /** Absent: the kernel's. */
  readonly dynamicPorts?: { readonly first: number; readonly last: number };
  /** Whether tasks have a cgroup of their own, with their cpu and memory. */
  readonly taskLimits: boolean;
  /** Whether it takes tasks that have a network of their own. */
  readonly taskEni: boolean;
  readonly healthChecksDisabled: boolean;
  /** Whether a notice of EC2 that it takes the machine back has the instance drained. */
  readonly spotDraining: boolean;
  readonly selinuxCapable: boolean;
  readonly apparmorCapable: boolean;
  /** A pull of which nothing is heard for so long is given up. */
  readonly pullInactivityMs: number;
  /** Absent where images are never removed. */
  readonly imageCleanup?: ImageCleanupConfig;
  /** Absent where the instance offers no GPUs. */
  readonly gpu?: GpuConfig;
}

export interface ImageCleanupConfig {
  readonly intervalMs: number;
  /** How long after its pull an image stays at least. */
  readonly minimumAgeMs: number;
  readonly imagesPerCycle: number;
}

export interface GpuConfig {
  /** The engine's runtime that shows GPUs to containers. */
  readonly runtime: string;
  /** What says which GPUs there are, written before the agent starts. */
  readonly infoFile: string;
}

const GPU_INFO_FILE = "/var/lib/ecs/gpu/nvidia-gpu-info.json";

/** Keys and defaults: the ECS developer guide, "Amazon ECS container agent configuration". */
export function readFeatures(read: ConfigReader): FeatureConfig {
  return {
    ...defined({
      dynamicPorts: read.portRange("ECS_DYNAMIC_HOST_PORT_RANGE"),
      imageCleanup: readImageCleanup(read),
      gpu: readGpu(read),
    }),
    taskLimits: read.flag("ECS_ENABLE_TASK_CPU_MEM_LIMIT") ?? true,
    taskEni: read.flag("ECS_ENABLE_TASK_ENI") ?? false,
    healthChecksDisabled: read.flag("ECS_DISABLE_DOCKER_HEALTH_CHECK") ?? false,
    spotDraining: read.flag("ECS_ENABLE_SPOT_INSTANCE_DRAINING") ?? false,
    selinuxCapable: read.flag("ECS_SELINUX_CAPABLE") ?? false,
    apparmorCapable: read.flag("ECS_APPARMOR_CAPABLE") ?? false,
    pullInactivityMs: read.duration("ECS_IMAGE_PULL_INACTIVITY_TIMEOUT", 1_000) ?? 60_000,
  };
}

function readImageCleanup(read: ConfigReader): ImageCleanupConfig | undefined {
  const isDisabled = read.flag("ECS_DISABLE_IMAGE_CLEANUP") ?? false;
  const cleanup = {
    intervalMs: read.duration("ECS_IMAGE_CLEANUP_INTERVAL", 1_000) ?? 30 * 60_000,
    minimumAgeMs: read.duration("ECS_IMAGE_MINIMUM_CLEANUP_AGE", 0) ?? 3_600_000,
    imagesPerCycle: read.wholeNumber("ECS_NUM_IMAGES_DELETE_PER_CYCLE", { min: 1 }) ?? 5,
  };
  return isDisabled ? undefined : cleanup;
}

function readGpu(read: ConfigReader): GpuConfig | undefined {
  const isEnabled = read.flag("ECS_ENABLE_GPU_SUPPORT") ?? false;
  const runtime = read.text("ECS_NVIDIA_RUNTIME") ?? "nvidia";
  const infoFile = read.text("BERTH_GPU_INFO_FILE") ?? GPU_INFO_FILE;
  return isEnabled ? { runtime, infoFile } : undefined;
}
