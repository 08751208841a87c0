import { Readable } from "node:stream";
import { DescribeClustersCommand, ECSClient } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { checkAnswers } from "./check-answers.ts";

const CLUSTER = { clusterName: "default", status: "ACTIVE", runningTasksCount: 0 };

/** A client that gets this for an answer, as a stream, as it would over the wire. */
const clientAnswered = (statusCode: number, body: unknown) =>
  checkAnswers(
    new ECSClient({
      region: "eu-central-1",
      maxAttempts: 1,
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
      requestHandler: {
        handle: async () => ({
          response: { statusCode, headers: {}, body: Readable.from([JSON.stringify(body)]) },
        }),
      },
    }),
  );

const describeClusters = async (statusCode: number, body: unknown) =>
  clientAnswered(statusCode, body).send(new DescribeClustersCommand({}));

describe("checkAnswers", () => {
  it("leaves an answer of the model to the client", async () => {
    const { clusters } = await describeClusters(200, { clusters: [CLUSTER], failures: [] });
    expect(clusters).toEqual([CLUSTER]);
  });

  it.each([
    [{ mood: "good" }, "DescribeClusters answers: $.clusters[].mood is not in the model"],
    [{ runningTasksCount: "0" }, '$.clusters[].runningTasksCount is no number: "0"'],
    [{ tags: null }, "$.clusters[].tags is no list"],
    [{ settings: [{ name: "mood" }] }, "settings[].name is mood, which the model does not have"],
  ])("has the client fail for a cluster with %j", async (more, fault) => {
    const answer = { clusters: [{ ...CLUSTER, ...more }], failures: [] };
    await expect(describeClusters(200, answer)).rejects.toThrow(fault);
  });

  it("leaves refusals as they are", async () => {
    const refusal = { __type: "InvalidParameterException", message: "no" };
    await expect(describeClusters(400, refusal)).rejects.toThrow("no");
  });
});
