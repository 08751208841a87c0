import { expect, it } from "vitest";
import { parseHandshakeQuery } from "./handshake.ts";

const ARN = "arn:aws:ecs:us-east-1:000000000000:container-instance/default/1";

it("tells the command socket by its parameters", () => {
  const query = {
    clusterArn: "default",
    containerInstanceArn: ARN,
    agentVersion: "1.105.1",
    agentHash: "8dfceca6",
    dockerVersion: "DockerVersion: 20.10.24",
    seqNum: "1",
    protocolVersion: "2",
    sendCredentials: "true",
  };
  expect(parseHandshakeQuery(query)).toEqual({
    sendCredentials: true,
    kind: "acs",
    cluster: "default",
    containerInstanceArn: ARN,
    agentVersion: "1.105.1",
    agentHash: "8dfceca6",
    dockerVersion: "DockerVersion: 20.10.24",
  });
});

it("tells the telemetry socket by its parameters", () => {
  expect(parseHandshakeQuery({ cluster: "default", containerInstance: ARN })).toEqual({
    kind: "tcs",
    cluster: "default",
    containerInstanceArn: ARN,
  });
});

it.each([{}, { clusterArn: "default" }, { containerInstance: ARN }])("takes no %j", (query) => {
  expect(parseHandshakeQuery(query)).toBeUndefined();
});
