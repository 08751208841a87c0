import type { ContainerUsage, UsageReport } from "@berth/domain/container-usage";
import { instanceId, taskId } from "./builders.ts";

export const aContainerUsage = (overrides: Partial<ContainerUsage> = {}): ContainerUsage => ({
  taskId: taskId("service:web", 1),
  container: "main",
  cpuPercent: { average: 10, maximum: 20 },
  memoryMiB: { average: 64, maximum: 80 },
  ...overrides,
});

export const aUsageReport = (overrides: Partial<UsageReport> = {}): UsageReport => ({
  cluster: "default",
  containerInstanceId: instanceId(1),
  at: 0,
  containers: [aContainerUsage()],
  ...overrides,
});
