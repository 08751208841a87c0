import { pathOf } from "../with-berth.ts";
import type { Subject } from "../why-subject.ts";

export interface InCluster {
  readonly cluster?: string;
}

/** Which cluster a task or service is in. */
export function clusterOf(subject: Subject, { cluster = subject.cluster }: InCluster): string {
  if (subject.cluster !== undefined && cluster !== subject.cluster) {
    throw new Error(`--cluster ${cluster}: the ARN is of cluster ${subject.cluster}`);
  }
  return cluster ?? "default";
}

/** Where a session with a task is asked for. */
export const streamPath = (
  kind: "exec" | "logs" | "port-forward",
  task: string,
  cluster: string,
): string => pathOf(`/v1/tasks/${encodeURIComponent(task)}/${kind}`, { cluster });
