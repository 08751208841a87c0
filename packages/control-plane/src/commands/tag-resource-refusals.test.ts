import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { instanceId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import {
  ARN,
  aTaggableWorld,
  STOPPED_TASK,
  TASK,
  TASK_SET,
  TEAM,
} from "@berth/testing/taggable-world";
import { expect, test } from "vitest";
import { deleteCluster } from "./delete-cluster.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";

const INVALID = "InvalidParameterException";
const ABSENT = "f".repeat(32);

interface Refusal {
  readonly arn: string;
  readonly message: string;
  /** Of TagResource and UntagResource; that of ListTagsForResource is in `listing`. */
  readonly code?: string;
  readonly listing?: string;
}

const absent = (tail: string, noun: string): Refusal => ({
  arn: `${ARN}:${tail}`,
  message: `The specified ${noun} was not found.`,
  code: "ResourceNotFoundException",
  listing: INVALID,
});

const REFUSALS: readonly Refusal[] = [
  { arn: "default", message: "Invalid identifier: Unexpected number of separators" },
  { arn: "", message: "Invalid identifier: Unexpected number of separators" },
  {
    arn: "arn:aws:ecr:eu-central-1:123456789012:repository/web",
    message: "Invalid identifier: Unexpected number of separators",
  },
  {
    arn: `${ARN.replace("eu-central-1", "us-east-1")}:cluster/default`,
    message: "Invalid Region in ARN",
  },
  {
    arn: `${ARN.replace("123456789012", "210987654321")}:cluster/default`,
    message: "Invalid identifier: Identifier is for 210987654321. Your accountId is 123456789012",
  },
  {
    arn: `${ARN}:service-deployment/default/web/1`,
    message: "Unsupported resource type: service-deployment",
  },
  { arn: `${ARN}:constructor/x`, message: "Unsupported resource type: constructor" },
  ...["service/web", `task/${TASK}`, `container-instance/${instanceId(1)}`, "task-set/web"].map(
    (tail) => ({
      arn: `${ARN}:${tail}`,
      message: "Long arn format must be used for tagging operations",
    }),
  ),
  { arn: `${ARN}:task-definition/web`, message: "Revision is missing." },
  { arn: `${ARN}:task-set/default/sets`, message: "Task Set Identifier is invalid" },
  {
    arn: `${ARN}:service/default/web/x`,
    message: "Invalid identifier: Unexpected number of separators",
  },
  ...["cluster/absent", "service/absent/web", `task/absent/${TASK}`].map((tail) => ({
    arn: `${ARN}:${tail}`,
    message: "Cluster not found.",
    code: "ClusterNotFoundException",
  })),
  absent("service/default/absent", "service"),
  absent(`task/default/${ABSENT}`, "task"),
  absent(`container-instance/default/${ABSENT}`, "container instance"),
  absent("task-definition/web:2", "task definition"),
  absent("task-set/default/sets/ecs-svc/9", "task set"),
  absent(`task-set/default/web/${TASK_SET}`, "task set"),
  {
    arn: `${ARN}:service/default/old`,
    message: "The specified service is inactive. Specify an active service and try again.",
  },
  {
    arn: `${ARN}:container-instance/default/${instanceId(9)}`,
    message:
      "The specified container instance is inactive. Specify an active container instance and try again.",
  },
  {
    arn: `${ARN}:task/default/${STOPPED_TASK}`,
    message: "The specified task is stopped. Specify a running task and try again.",
  },
];

test.each(REFUSALS)("$arn: $message", async ({ arn, message, code = INVALID, listing = code }) => {
  const plane = await aTaggableWorld();
  await expect(tagResource(plane, { resourceArn: arn, tags: [TEAM] })).rejects.toMatchObject({
    code,
    message,
  });
  const untag = untagResource(plane, { resourceArn: arn, tagKeys: ["team"] });
  await expect(untag).rejects.toMatchObject({ code, message });
  await expect(listTagsForResource(plane, { resourceArn: arn })).rejects.toMatchObject({
    code: listing,
    message,
  });
});

test("a deleted cluster has no tags", async () => {
  const plane = aControlPlane();
  await setUpCluster(plane, { instanceCount: 0 });
  await deleteCluster(plane, { cluster: "default" });
  await expect(
    tagResource(plane, { resourceArn: `${ARN}:cluster/default`, tags: [TEAM] }),
  ).rejects.toMatchObject({
    code: INVALID,
    message: "The specified cluster is inactive. Specify an active cluster and try again.",
  });
});

test.each<{ request: EcsRequest<"UntagResource">["tagKeys"]; message: string }>([
  { request: [""], message: "Tag key length must be between 1 and 128." },
  { request: ["a*"], message: "Tag key contains invalid characters: a*" },
  {
    request: Array.from({ length: 51 }, (_, index) => `k${index}`),
    message: "tagKeys can have at most 50 items.",
  },
])("UntagResource refuses: $message", async ({ request, message }) => {
  const plane = await aTaggableWorld();
  const untag = untagResource(plane, { resourceArn: `${ARN}:cluster/default`, tagKeys: request });
  await expect(untag).rejects.toMatchObject({ code: INVALID, message });
});
