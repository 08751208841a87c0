import { expect, test } from "vitest";
import { readFeatures } from "./config-features.ts";
import { ConfigReader } from "./config-reader.ts";

const featuresOf = (settings: Readonly<Record<string, string>>) =>
  readFeatures(new ConfigReader(settings));

test.each([
  {
    settings: { ECS_DYNAMIC_HOST_PORT_RANGE: "40000-50000" },
    expected: { dynamicPorts: { first: 40_000, last: 50_000 } },
  },
  { settings: { ECS_ENABLE_TASK_CPU_MEM_LIMIT: "false" }, expected: { taskLimits: false } },
  {
    settings: { ECS_DISABLE_DOCKER_HEALTH_CHECK: "true" },
    expected: { healthChecksDisabled: true },
  },
  { settings: { ECS_SELINUX_CAPABLE: "true" }, expected: { selinuxCapable: true } },
  { settings: { ECS_APPARMOR_CAPABLE: "true" }, expected: { apparmorCapable: true } },
  {
    settings: {
      ECS_IMAGE_CLEANUP_INTERVAL: "10m",
      ECS_IMAGE_MINIMUM_CLEANUP_AGE: "2h",
      ECS_NUM_IMAGES_DELETE_PER_CYCLE: "7",
    },
    expected: {
      imageCleanup: { intervalMs: 600_000, minimumAgeMs: 7_200_000, imagesPerCycle: 7 },
    },
  },
  {
    settings: { ECS_ENABLE_GPU_SUPPORT: "true" },
    expected: { gpu: { runtime: "nvidia", infoFile: "/var/lib/ecs/gpu/nvidia-gpu-info.json" } },
  },
  {
    settings: { ECS_ENABLE_GPU_SUPPORT: "true", ECS_NVIDIA_RUNTIME: "mine" },
    expected: { gpu: { runtime: "mine" } },
  },
])("$settings", ({ settings, expected }) => {
  expect(featuresOf(settings)).toMatchObject(expected);
});

test("images are never removed where that is off", () => {
  expect(featuresOf({ ECS_DISABLE_IMAGE_CLEANUP: "true" })).not.toHaveProperty("imageCleanup");
});

test.each(["50000-40000", "0-5", "1-70000", "5", "a-b"])("%s is no range of ports", (text) => {
  const read = new ConfigReader({ ECS_DYNAMIC_HOST_PORT_RANGE: text });
  expect(readFeatures(read)).not.toHaveProperty("dynamicPorts");
  expect(read.problems).toEqual([
    "ECS_DYNAMIC_HOST_PORT_RANGE must be two ports from 1 to 65535 such as 40000-50000",
  ]);
});
