import type { GivenContainer, Registration } from "./registration.ts";
import { isFor } from "./registration.ts";

const FARGATE_LOG_DRIVERS = ["awslogs", "splunk", "awsfirelens"];

/** What is wrong with log configurations. */
export function* logFaults(registration: Registration): Generator<string> {
  const isFargate = isFor(registration, "FARGATE");
  for (const container of registration.containerDefinitions ?? []) {
    yield* driverFaults(container, registration);
    if (isFargate) yield* fargateLogFaults(container, registration);
  }
}

function* driverFaults(
  { logConfiguration }: GivenContainer,
  { containerDefinitions = [] }: Registration,
): Generator<string> {
  const { logDriver, options = {} } = logConfiguration ?? {};
  const isComplete = options["awslogs-region"] && options["awslogs-group"];
  if (logDriver === "awslogs" && !isComplete) {
    yield "Log driver awslogs requires options: awslogs-region, awslogs-group";
  }
  const hasRouter = containerDefinitions.some(({ firelensConfiguration }) => firelensConfiguration);
  if (logDriver === "awsfirelens" && !hasRouter) {
    yield "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be specified";
  }
}

function* fargateLogFaults(
  { logConfiguration }: GivenContainer,
  { executionRoleArn }: Registration,
): Generator<string> {
  const { logDriver, options = {} } = logConfiguration ?? {};
  if (logDriver === undefined) return;
  if (!FARGATE_LOG_DRIVERS.includes(logDriver)) {
    yield `${logDriver} is not a valid log driver. Must be one of [${FARGATE_LOG_DRIVERS.join(", ")}]`;
  }
  if (logDriver !== "awslogs") return;
  if (!options["awslogs-stream-prefix"]) {
    yield "Fargate requires log configuration options to include awslogs-stream-prefix";
  }
  if (!executionRoleArn) {
    yield "Fargate requires task definition to have execution role ARN to support log driver awslogs";
  }
}
