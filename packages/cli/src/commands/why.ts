import type { ServiceExplanation, TaskExplanation } from "@berth/contracts/rest/explanation";
import { whyServiceText } from "../why-service-text.ts";
import type { Subject } from "../why-subject.ts";
import { whyTaskText } from "../why-task-text.ts";
import { type ClusterOptions, pathOf, say, withBerth } from "../with-berth.ts";

/** `berth why`: asks for an explanation and prints it. Returns the exit code. */
export async function why(subject: Subject, options: ClusterOptions): Promise<number> {
  const { kind, name } = subject;
  const { cluster = subject.cluster } = options;
  if (subject.cluster !== undefined && cluster !== subject.cluster) {
    throw new Error(`--cluster ${cluster}: the ARN is of cluster ${subject.cluster}`);
  }
  return withBerth(options, async (berth) => {
    const path = `/v1/${kind}s/${encodeURIComponent(name)}/explain`;
    const query = cluster === undefined ? {} : { cluster };
    const explained = (await berth("GET", pathOf(path, query))) as
      | TaskExplanation
      | ServiceExplanation;
    say(options, explained, textOf(explained));
  });
}

const textOf = (explained: TaskExplanation | ServiceExplanation): string =>
  "taskArn" in explained ? whyTaskText(explained) : whyServiceText(explained);
