import { InvalidArgumentError } from "commander";

/** What `berth why` is asked about. */
export interface Subject {
  readonly kind: "task" | "service";
  /** Id of a task, name of a service. */
  readonly name: string;
  /** Where an ARN tells it. */
  readonly cluster?: string;
}

const ARN = /^arn:[^:]+:ecs:[^:]*:[^:]*:(task|service)\/([^/]+)\/([^/]+)$/;
const TASK_ID = /^[0-9a-f]{32}$/;
const SERVICE_NAME = /^[a-zA-Z0-9\-_]{1,255}$/;

/** @throws InvalidArgumentError */
export function whySubject(text: string): Subject {
  const [, kind, cluster, name] = ARN.exec(text) ?? [];
  if (cluster !== undefined && name !== undefined) {
    return { kind: kind === "task" ? "task" : "service", name, cluster };
  }
  if (TASK_ID.test(text)) return { kind: "task", name: text };
  if (SERVICE_NAME.test(text)) return { kind: "service", name: text };
  throw new InvalidArgumentError(
    "It must be a task id, an ARN of a task or a service, or a service's name.",
  );
}
