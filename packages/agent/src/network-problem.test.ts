import { aPayloadTask, aNetworkInterface } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { networkProblem } from "./network-problem.ts";

const eni = aNetworkInterface();
const ONE = "networkMode awsvpc takes one network interface, with attachmentArn and macAddress";
const OF_VPC = "network interfaces that have their address from a VPC are not supported";

test.each([
  ["bridge", undefined, undefined],
  ["bridge", [], undefined],
  ["bridge", null, undefined],
  ["", null, undefined],
  ["bridge", [eni], "elasticNetworkInterfaces are not supported with networkMode bridge"],
  ["overlay", undefined, "networkMode overlay is not supported"],
  ["awsvpc", [eni], undefined],
  ["awsvpc", [{ ...eni, ipv4Addresses: null, ipv6Addresses: [] }], undefined],
  ["awsvpc", undefined, ONE],
  ["awsvpc", [eni, eni], ONE],
  ["awsvpc", [{ ...eni, macAddress: "" }], ONE],
  ["awsvpc", [{ ...eni, attachmentArn: null }], ONE],
  ["awsvpc", [{ ...eni, ipv4Addresses: [{ privateAddress: "10.0.0.1" }] }], OF_VPC],
  ["awsvpc", [{ ...eni, ipv6Addresses: [{ address: "::1" }] }], OF_VPC],
])("networkMode %s with %j: %s", (networkMode, elasticNetworkInterfaces, problem) => {
  const given = { ...aPayloadTask({ networkMode }), elasticNetworkInterfaces };
  expect(networkProblem(given as ReturnType<typeof aPayloadTask>)).toBe(problem);
});
