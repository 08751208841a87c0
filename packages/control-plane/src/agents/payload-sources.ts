import type { PayloadContainer, PayloadSecret } from "@berth/contracts/agent/messages";
import { defined } from "@berth/domain/defined";
import type { ContainerOverride } from "@berth/domain/task";
import type { ContainerDefinition } from "@berth/domain/task-definition";

type Sources = Pick<PayloadContainer, "environmentFiles" | "secrets" | "registryAuthentication">;

/**
 * Where an agent finds what is in no message: files of variables, secrets, and the login of the
 * image's registry. It fetches them with the task's execution role.
 *
 * @param region Of what is named without one.
 */
export function payloadSources(
  container: ContainerDefinition,
  override: ContainerOverride | undefined,
  region: string,
): Sources {
  const files = override?.environmentFiles ?? container.environmentFiles ?? [];
  const secrets = payloadSecrets(container, region);
  const { repositoryCredentials } = container;
  return defined({
    environmentFiles: files.length > 0 ? files : undefined,
    secrets: secrets.length > 0 ? secrets : undefined,
    registryAuthentication: repositoryCredentials && {
      type: "asm" as const,
      asmAuthData: {
        credentialsParameter: repositoryCredentials.credentialsParameter,
        region: regionOf(repositoryCredentials.credentialsParameter) ?? region,
      },
    },
  });
}

function payloadSecrets(
  { secrets = [], logConfiguration }: ContainerDefinition,
  region: string,
): readonly PayloadSecret[] {
  const { secretOptions = [] } = logConfiguration ?? {};
  return [
    ...secrets.map((secret) => payloadSecret(secret, "CONTAINER", region)),
    ...secretOptions.map((option) => payloadSecret(option, "LOG_DRIVER", region)),
  ];
}

const payloadSecret = (
  { name, valueFrom }: { readonly name: string; readonly valueFrom: string },
  target: PayloadSecret["target"],
  region: string,
): PayloadSecret => ({
  name,
  valueFrom,
  // A parameter may be named without an ARN, a secret may not.
  provider: valueFrom.includes(":secretsmanager:") ? "asm" : "ssm",
  region: regionOf(valueFrom) ?? region,
  type: target === "CONTAINER" ? "ENVIRONMENT_VARIABLE" : "BOOTSTRAP",
  target,
});

/** Undefined where it is no ARN. */
const regionOf = (text: string): string | undefined => /^arn:[^:]+:[^:]+:([^:]+):/.exec(text)?.[1];
