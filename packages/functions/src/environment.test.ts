import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { describe, expect, it } from "vitest";
import { readControllerQueues, readEnvironment, readHasCloudWatch } from "./environment.ts";

const queueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;
const COMPLETE = {
  AWS_REGION: "us-east-1",
  BERTH_ACCOUNT: "000000000000",
  BERTH_TABLE_NAME: "berth",
  BERTH_TABLE_SHARDS: "32",
  BERTH_SERVICE_QUEUE_URL: queueUrl("service.fifo"),
  BERTH_PLACEMENT_QUEUE_URL: queueUrl("placement.fifo"),
  BERTH_DISPATCH_QUEUE_URL: queueUrl("dispatch.fifo"),
  BERTH_COALESCED_QUEUE_URL: queueUrl("coalesced.fifo"),
  BERTH_TIMERS_QUEUE_URL: queueUrl("timers"),
  BERTH_CONNECTIONS_ENDPOINT: "https://abc.execute-api.us-east-1.amazonaws.com/ws",
  BERTH_AGENT_ENDPOINT: "https://abc.execute-api.us-east-1.amazonaws.com/",
  PATH: "/usr/bin",
};

describe("readEnvironment", () => {
  it("reads what the stacks set, with ECS's defaults for the rest", () => {
    expect(readEnvironment(COMPLETE)).toEqual({
      region: "us-east-1",
      account: "000000000000",
      tableName: "berth",
      tableShards: 32,
      queueUrls: {
        service: queueUrl("service.fifo"),
        placement: queueUrl("placement.fifo"),
        dispatch: queueUrl("dispatch.fifo"),
        coalesced: queueUrl("coalesced.fifo"),
        timers: queueUrl("timers"),
      },
      connectionsEndpoint: COMPLETE.BERTH_CONNECTIONS_ENDPOINT,
      settings: { ...DEFAULT_SETTINGS, agentEndpoint: COMPLETE.BERTH_AGENT_ENDPOINT },
    });
  });

  it("reads every setting by its own name", () => {
    const { settings } = readEnvironment({ ...COMPLETE, BERTH_INSTANCE_LOST_AFTER_MS: "1000" });
    expect(settings.instanceLostAfterMs).toBe(1000);
  });

  it("names everything that is missing or wrong at once", () => {
    const faulty = { ...COMPLETE, BERTH_TABLE_NAME: undefined, BERTH_ACCOUNT: "12" };
    expect(() => readEnvironment(faulty)).toThrow(/BERTH_ACCOUNT: .*BERTH_TABLE_NAME: /);
    expect(() => readEnvironment({ ...COMPLETE, BERTH_LEASE_MS: "1h" })).toThrow("BERTH_LEASE_MS");
  });
});

describe("readHasCloudWatch", () => {
  it("takes it for there, as it is on AWS, unless told otherwise", () => {
    expect(readHasCloudWatch({})).toBe(true);
    expect(readHasCloudWatch({ BERTH_CLOUDWATCH: "false" })).toBe(false);
    expect(() => readHasCloudWatch({ BERTH_CLOUDWATCH: "maybe" })).toThrow("BERTH_CLOUDWATCH");
  });
});

describe("readControllerQueues", () => {
  it("asks for the three queues and the region", () => {
    const { AWS_REGION: region } = COMPLETE;
    const [service, placement, dispatch] = ["service", "placement", "dispatch"].map((name) =>
      queueUrl(`${name}.fifo`),
    );
    const read = readControllerQueues({ ...COMPLETE, BERTH_TABLE_NAME: undefined });
    expect(read).toEqual({ region, queueUrls: { service, placement, dispatch } });
  });
});
