import { ARN, aServiceHistory, revisionArn } from "@berth/testing/service-history";
import { describe, expect, test } from "vitest";
import { describeServiceRevisions } from "./describe-service-revisions.ts";

describe("DescribeServiceRevisions", () => {
  test("has what was written, and what has not begun yet", async () => {
    const { controlPlane, web } = await aServiceHistory();
    await controlPlane.store.serviceRevisions.put({
      cluster: web.cluster,
      service: web.name,
      id: "1".padStart(19, "0"),
      taskDefinition: "web:1",
      launchType: "EC2",
      containerImages: [{ containerName: "main", image: "before" }],
      createdAt: 6,
    });
    const asked = [revisionArn(1), revisionArn(2), revisionArn(3)];
    const answer = await describeServiceRevisions(controlPlane, { serviceRevisionArns: asked });
    expect(answer.serviceRevisions).toMatchObject([
      {
        serviceRevisionArn: revisionArn(1),
        serviceArn: `${ARN}:service/default/web`,
        taskDefinition: `${ARN}:task-definition/web:1`,
        launchType: "EC2",
        containerImages: [{ containerName: "main", image: "before" }],
        createdAt: new Date(6),
      },
      {
        serviceRevisionArn: revisionArn(2),
        taskDefinition: `${ARN}:task-definition/web:2`,
        containerImages: [{ containerName: "main", image: "busybox" }],
      },
    ]);
    expect(answer.failures).toEqual([{ arn: revisionArn(3), reason: "MISSING" }]);
  });
});
