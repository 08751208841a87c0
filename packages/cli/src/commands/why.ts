import { EXIT_CODES } from "@berth/contracts/local/installation";
import type { ServiceExplanation, TaskExplanation } from "@berth/contracts/rest/explanation";
import { findEndpoint } from "../endpoint.ts";
import type { Endpoint } from "../endpoint.ts";
import { getSigned } from "../rest-client.ts";
import { whyServiceText } from "../why-service-text.ts";
import type { Subject } from "../why-subject.ts";
import { whyTaskText } from "../why-task-text.ts";

export interface WhyOptions {
  readonly cluster?: string;
  readonly dataDir: string;
  readonly json: boolean;
}

/** `berth why`: asks for an explanation and prints it. Returns the exit code. */
export async function why(subject: Subject, options: WhyOptions): Promise<number> {
  const cluster = options.cluster ?? subject.cluster;
  if (subject.cluster !== undefined && cluster !== subject.cluster) {
    throw new Error(`--cluster ${cluster}: the ARN is of cluster ${subject.cluster}`);
  }
  const endpoint = findEndpoint(options.dataDir);
  if (!endpoint) {
    process.stderr.write(
      `Berth does not run on ${options.dataDir}. "berth up" starts it; AWS_ENDPOINT_URL names one elsewhere.\n`,
    );
    return EXIT_CODES.notRunning;
  }
  const explained = await explain(endpoint, subject, cluster);
  process.stdout.write(
    `${options.json ? JSON.stringify(explained, undefined, 2) : textOf(explained)}\n`,
  );
  return EXIT_CODES.ok;
}

async function explain(
  { url, client }: Endpoint,
  { kind, name }: Subject,
  cluster: string | undefined,
): Promise<TaskExplanation | ServiceExplanation> {
  const asked = new URL(`/v1/${kind}s/${encodeURIComponent(name)}/explain`, url);
  if (cluster !== undefined) asked.searchParams.set("cluster", cluster);
  return (await getSigned(client, asked)) as TaskExplanation | ServiceExplanation;
}

const textOf = (explained: TaskExplanation | ServiceExplanation): string =>
  "taskArn" in explained ? whyTaskText(explained) : whyServiceText(explained);
