import { randomUUID } from "node:crypto";
import { isInternal } from "../pause.ts";
import type { PayloadContainer, PayloadTask } from "@berth/contracts/agent/messages";

/** Where every SDK looks for a task's credentials; it is no address of any machine. */
export const TASK_ADDRESS = "169.254.170.2";

const METADATA = "ECS_CONTAINER_METADATA_URI_V4";
const METADATA_PREFIX = `http://${TASK_ADDRESS}/v4/`;
const CREDENTIALS = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const CREDENTIALS_PREFIX = "/v2/credentials/";

/**
 * A task whose containers are told where to ask, each under an id of its own that nobody can guess.
 * What a container was told is kept with its task, so that it holds across restarts of the agent.
 * Source: ECS developer guide, environment variables that ECS sets.
 */
export function withEndpoints(task: PayloadTask, credentialsId: string | undefined): PayloadTask {
  return {
    ...task,
    containers: task.containers.map((container) => {
      // The agent's own container asks nobody.
      if (isInternal(container.name)) return container;
      const id = randomUUID();
      return {
        ...container,
        environment: {
          AWS_EXECUTION_ENV: "AWS_ECS_EC2",
          ...container.environment,
          ECS_CONTAINER_METADATA_URI: `http://${TASK_ADDRESS}/v3/${id}`,
          [METADATA]: `${METADATA_PREFIX}${id}`,
          ECS_AGENT_URI: `http://${TASK_ADDRESS}/api/${id}`,
          ...(credentialsId !== undefined && {
            [CREDENTIALS]: `${CREDENTIALS_PREFIX}${credentialsId}`,
          }),
        },
      };
    }),
  };
}

/** The id under which the container asks for metadata; undefined where it was told none. */
export const endpointIdOf = (container: PayloadContainer): string | undefined =>
  afterPrefix(container.environment?.[METADATA], METADATA_PREFIX);

/** The id under which the task's containers ask for their role's keys. */
export const credentialsIdOf = ({ containers }: PayloadTask): string | undefined =>
  containers
    .map(({ environment }) => afterPrefix(environment?.[CREDENTIALS], CREDENTIALS_PREFIX))
    .find((id) => id !== undefined);

const afterPrefix = (value: string | undefined, prefix: string): string | undefined =>
  value?.startsWith(prefix) ? value.slice(prefix.length) : undefined;
