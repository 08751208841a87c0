import { EXIT_CODES } from "@berth/contracts/local/installation";
import type { ServiceExplanation, TaskExplanation } from "@berth/contracts/rest/explanation";
import { callRest } from "../rest-client.ts";
import { findTarget, type Target, type TargetOptions } from "../target.ts";
import { whyServiceText } from "../why-service-text.ts";
import type { Subject } from "../why-subject.ts";
import { whyTaskText } from "../why-task-text.ts";

export interface WhyOptions extends TargetOptions {
  readonly cluster?: string;
  readonly json: boolean;
}

/** `berth why`: asks for an explanation and prints it. Returns the exit code. */
export async function why(subject: Subject, options: WhyOptions): Promise<number> {
  const cluster = options.cluster ?? subject.cluster;
  if (subject.cluster !== undefined && cluster !== subject.cluster) {
    throw new Error(`--cluster ${cluster}: the ARN is of cluster ${subject.cluster}`);
  }
  const target = findTarget(options);
  if (!target) return EXIT_CODES.notRunning;
  const explained = await explain(target, subject, cluster);
  process.stdout.write(
    `${options.json ? JSON.stringify(explained, undefined, 2) : textOf(explained)}\n`,
  );
  return EXIT_CODES.ok;
}

async function explain(
  { endpoint, client }: Target,
  { kind, name }: Subject,
  cluster: string | undefined,
): Promise<TaskExplanation | ServiceExplanation> {
  const url = new URL(`/v1/${kind}s/${encodeURIComponent(name)}/explain`, endpoint);
  if (cluster !== undefined) url.searchParams.set("cluster", cluster);
  return (await callRest(client, { method: "GET", url })) as TaskExplanation | ServiceExplanation;
}

const textOf = (explained: TaskExplanation | ServiceExplanation): string =>
  "taskArn" in explained ? whyTaskText(explained) : whyServiceText(explained);
