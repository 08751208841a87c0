import { describe, expect, it } from "vitest";
import { parseAgentFrame } from "./frames.ts";

const HEARTBEAT_ACK = { type: "HeartbeatAckRequest", message: { messageId: "m1" } };
const HEALTH = {
  type: "PublishHealthRequest",
  message: {
    metadata: { cluster: "default", fin: true },
    tasks: [
      {
        taskArn: "arn:aws:ecs:us-east-1:000000000000:task/default/1",
        containers: [{ containerName: "app", healthStatus: "HEALTHY", statusSince: 1.5 }],
      },
    ],
  },
};

describe("parseAgentFrame", () => {
  it("reads a bare frame of the command socket", () => {
    expect(parseAgentFrame(JSON.stringify(HEARTBEAT_ACK))).toEqual(HEARTBEAT_ACK);
  });

  it("cuts the header block off a telemetry frame, at its first blank line only", () => {
    const headers = "Authorization: AWS4-HMAC-SHA256 ...\r\nHost: x\r\nX-Amz-Date: y\r\n\r\n";
    const frame = { ...HEALTH, message: { ...HEALTH.message, note: "\r\n\r\n" } };
    expect(parseAgentFrame(headers + JSON.stringify(frame))).toEqual(frame);
  });

  it("lets frames of unknown type pass: whether to drop them is the receiver's to say", () => {
    const frame = { type: "PublishMetricsRequest", message: { anything: [1] } };
    expect(parseAgentFrame(JSON.stringify(frame))).toEqual(frame);
    expect(parseAgentFrame('{"type":"constructor","message":1}')).toBeDefined();
  });

  it.each([
    "",
    "{",
    "[]",
    "null",
    '"text"',
    '{"message":{}}',
    '{"type":1,"message":{}}',
    "Authorization: x",
    "Authorization: x\r\n\r\n{",
    '{"type":"HeartbeatAckRequest","message":null}',
    '{"type":"HeartbeatAckRequest"}',
    '{"type":"AckRequest","message":{"messageId":1}}',
    '{"type":"TaskStopVerificationMessage","message":{"messageId":"m","stopCandidates":[{}]}}',
    '{"type":"TaskStopVerificationMessage","message":{"messageId":"m","stopCandidates":[{"taskArn":"a","desiredStatus":1}]}}',
    '{"type":"PublishInstanceStatusRequest","message":{"statuses":[{"type":"ContainerRuntime","status":"FINE"}]}}',
    '{"type":"PublishInstanceStatusRequest","message":{"statuses":[{"type":"ContainerRuntime","status":"OK","lastUpdated":"now"}]}}',
    '{"type":"PublishHealthRequest","message":{"tasks":[{"taskArn":"a"}]}}',
    '{"type":"PublishHealthRequest","message":{"tasks":[{"taskArn":"a","containers":[{"containerName":"b","healthStatus":"FINE"}]}]}}',
  ])("takes no %j", (text) => {
    expect(parseAgentFrame(text)).toBeUndefined();
  });
});
