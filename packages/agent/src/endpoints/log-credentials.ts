import { hash } from "node:crypto";
import type {
  PayloadContainer,
  PayloadTask,
  RoleCredentials,
} from "@berth/contracts/agent/messages";
import type { LoggingConfig } from "../config-logging.ts";
import { parseDockerJson } from "../demand.ts";

/** By this option Docker's `awslogs` asks for keys, at the address that tasks ask. Its path is secret. */
export const CREDENTIALS_OPTION = "awslogs-credentials-endpoint";

const PREFIX = "/v2/credentials/";

/**
 * A task whose containers log with the keys of its execution role, where they are to: the engine asks for
 * them, and the containers are not told.
 */
export function withLogCredentials(
  task: PayloadTask,
  execution: RoleCredentials | null | undefined,
): PayloadTask {
  if (!execution) return task;
  return {
    ...task,
    containers: task.containers.map((container) =>
      isLoggedByExecutionRole(container)
        ? withLogOption(container, `${PREFIX}${execution.credentialsId}`)
        : container,
    ),
  };
}

export const isLoggedByExecutionRole = ({ logsAuthStrategy }: PayloadContainer): boolean =>
  logsAuthStrategy === "ExecutionRole";

function withLogOption(container: PayloadContainer, path: string): PayloadContainer {
  const { dockerConfig } = container;
  const hostConfig = parseDockerJson(dockerConfig?.hostConfig);
  const { LogConfig } = hostConfig as HostConfigText;
  if (!dockerConfig || !LogConfig) return container;
  const changed = {
    ...hostConfig,
    LogConfig: { ...LogConfig, Config: { ...LogConfig.Config, [CREDENTIALS_OPTION]: path } },
  };
  return { ...container, dockerConfig: { ...dockerConfig, hostConfig: JSON.stringify(changed) } };
}

interface HostConfigText {
  readonly LogConfig?: { readonly Config?: Readonly<Record<string, string>> };
}

/** Whether the engine was told to ask for a container's keys under this id. */
export const isLogCredentialsId = ({ containers }: PayloadTask, id: string): boolean =>
  containers.some(({ dockerConfig }) => {
    const { LogConfig } = parseDockerJson(dockerConfig?.hostConfig) as HostConfigText;
    return LogConfig?.Config?.[CREDENTIALS_OPTION] === `${PREFIX}${id}`;
  });

/** What a container may know of how it is logged. */
export function withoutCredentialsPath(options: object): object {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => name !== CREDENTIALS_OPTION),
  );
}

type Key = NonNullable<LoggingConfig["awslogsKey"]>;

/** Always the same for a key, since containers outlive agents; nobody who does not have the key knows it. */
const ownId = ({ secretAccessKey }: Key): string => hash("sha256", `awslogs ${secretAccessKey}`);

export const ownCredentialsPath = (key: Key): string => `${PREFIX}${ownId(key)}`;

/** The instance's own key for logs, as the engine is given it. */
export const ownCredentials = (key: Key): RoleCredentials => ({
  ...key,
  credentialsId: ownId(key),
  roleArn: "",
  sessionToken: "",
  expiration: "9999-12-31T23:59:59Z",
});
