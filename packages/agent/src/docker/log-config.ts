import type { HostConfig } from "dockerode";
import type { LoggingConfig } from "../config-logging.ts";
import { CREDENTIALS_OPTION, ownCredentialsPath } from "../endpoints/log-credentials.ts";

export type LogSettings = Pick<LoggingConfig, "awslogsEndpoint" | "awslogsKey">;

const ENDPOINT_OPTION = "awslogs-endpoint";
const FLUSH_OPTION = "awslogs-force-flush-interval-seconds";
/** Source: ECS API reference, LogConfiguration, `max-buffer-size`. */
const DEFAULT_BUFFER = "10m";

/** How the container's output is logged: as its definition says, with what only its instance knows. */
export function withLogConfig(hostConfig: HostConfig, settings: LogSettings): HostConfig {
  const { LogConfig } = hostConfig;
  if (!LogConfig) return hostConfig;
  const given = (LogConfig.Config ?? {}) as Readonly<Record<string, string>>;
  const { Type } = LogConfig;
  const Config = {
    ...(Type === "awslogs" && awslogsDefaults(settings)),
    ...bufferSize(given),
    ...given,
  };
  return { ...hostConfig, LogConfig: { Type, Config } };
}

/** Why the container cannot be logged as it asks; undefined where it can. */
export function logDriverProblem(
  hostConfig: HostConfig | undefined,
  offered: readonly string[],
): string | undefined {
  const { Type = "" } = hostConfig?.LogConfig ?? {};
  if (Type === "" || offered.includes(Type)) return undefined;
  return `log driver ${Type} is not one of this instance's, which are ${offered.join(", ")} (ECS_AVAILABLE_LOGGING_DRIVERS)`;
}

function awslogsDefaults({ awslogsEndpoint, awslogsKey }: LogSettings): Record<string, string> {
  return {
    ...(awslogsEndpoint !== undefined && {
      [ENDPOINT_OPTION]: awslogsEndpoint,
      // Nobody is billed by the request here, and people wait for their lines.
      [FLUSH_OPTION]: "1",
    }),
    ...(awslogsKey && { [CREDENTIALS_OPTION]: ownCredentialsPath(awslogsKey) }),
  };
}

/** A log that must not block its container may not grow without limit either. */
const bufferSize = ({ mode }: Readonly<Record<string, string>>): Record<string, string> =>
  mode === "non-blocking" ? { "max-buffer-size": DEFAULT_BUFFER } : {};
