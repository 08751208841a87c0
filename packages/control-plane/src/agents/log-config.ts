import type { ContainerDefinition } from "@berth/domain/task-definition";

/** How output is handed to a log driver where a definition does not say. */
export type LogDriverMode = "blocking" | "non-blocking";

/** What a container's log is told by, beside its definition. */
export interface LogOrigin {
  readonly taskId: string;
  readonly defaultMode: LogDriverMode;
}

const STREAM_PREFIX = "awslogs-stream-prefix";

/**
 * A log configuration in the Engine API's words. `awslogs-stream-prefix` is ECS's alone: Docker is told the
 * stream, PREFIX/CONTAINER/TASK-ID. Source: ECS API reference, LogConfiguration.
 */
export function engineLogConfig(
  { name, logConfiguration }: ContainerDefinition,
  { taskId, defaultMode }: LogOrigin,
): Readonly<Record<string, unknown>> | undefined {
  if (!logConfiguration) return undefined;
  const { logDriver, options = {} } = logConfiguration;
  const { [STREAM_PREFIX]: prefix, ...others } = options;
  const stream =
    logDriver === "awslogs" && prefix ? { "awslogs-stream": `${prefix}/${name}/${taskId}` } : {};
  const mode = takesMode(logDriver) ? { mode: defaultMode } : {};
  return { Type: logDriver, Config: { ...mode, ...others, ...stream } };
}

/** One that keeps nothing has nothing to wait for, and the router takes its own options. */
const takesMode = (logDriver: string): boolean =>
  logDriver !== "none" && logDriver !== "awsfirelens";

/** Whether it matters to the container what the default is. */
export const leavesModeOpen = ({ logConfiguration }: ContainerDefinition): boolean =>
  logConfiguration !== undefined &&
  takesMode(logConfiguration.logDriver) &&
  logConfiguration.options?.["mode"] === undefined;
