import type { ServiceExplanation, TaskExplanation } from "@berth/contracts/rest/explanation";
import { whyServiceText } from "../why-service-text.ts";
import type { Subject } from "../why-subject.ts";
import { whyTaskText } from "../why-task-text.ts";
import { type RestOptions, say, withBerth } from "../with-berth.ts";

export interface WhyOptions extends RestOptions {
  readonly cluster?: string;
}

/** `berth why`: asks for an explanation and prints it. Returns the exit code. */
export async function why(subject: Subject, options: WhyOptions): Promise<number> {
  const { kind, name } = subject;
  const cluster = options.cluster ?? subject.cluster;
  if (subject.cluster !== undefined && cluster !== subject.cluster) {
    throw new Error(`--cluster ${cluster}: the ARN is of cluster ${subject.cluster}`);
  }
  const query = new URLSearchParams(cluster === undefined ? {} : { cluster });
  const path = `/v1/${kind}s/${encodeURIComponent(name)}/explain?${query.toString()}`;
  return withBerth(options, async (berth) => {
    const explained = (await berth("GET", path)) as TaskExplanation | ServiceExplanation;
    say(options, explained, textOf(explained));
  });
}

const textOf = (explained: TaskExplanation | ServiceExplanation): string =>
  "taskArn" in explained ? whyTaskText(explained) : whyServiceText(explained);
