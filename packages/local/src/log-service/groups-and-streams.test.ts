import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LogServiceServer, serveLogs } from "../testing/log-service-server.ts";

let server: LogServiceServer;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  server = await serveLogs();
  client = new CloudWatchLogsClient(server.clientConfig());
});
afterEach(() => server.close());

const createGroup = (logGroupName: string) =>
  client.send(new CreateLogGroupCommand({ logGroupName }));
const createStream = (logStreamName: string, logGroupName = "g") =>
  client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
const put = (logStreamName: string, timestamp: number) =>
  client.send(
    new PutLogEventsCommand({
      logGroupName: "g",
      logStreamName,
      logEvents: [{ timestamp, message: "four" }],
    }),
  );

describe("groups", () => {
  test("are made once, described and deleted with all that is in them", async () => {
    await createGroup("g");
    await expect(createGroup("g")).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log group already exists",
    });
    await createStream("s");
    await put("s", server.time);
    const described = await client.send(new DescribeLogGroupsCommand({}));
    const arn = "arn:aws:logs:eu-west-1:000000000000:log-group:g";
    expect(described.logGroups).toEqual([
      {
        logGroupName: "g",
        creationTime: server.time,
        metricFilterCount: 0,
        arn: `${arn}:*`,
        logGroupArn: arn,
        storedBytes: 4,
        logGroupClass: "STANDARD",
      },
    ]);
    await client.send(new DeleteLogGroupCommand({ logGroupName: "g" }));
    await createGroup("g");
    const streams = await client.send(new DescribeLogStreamsCommand({ logGroupName: "g" }));
    expect(streams.logStreams).toEqual([]);
    expect(server.events.size).toBe(0);
  });

  test("are found by prefix and by pattern, in pages", async () => {
    for (const name of ["/ecs/api", "/ecs/Web", "/ecs/worker", "other"]) await createGroup(name);
    const describe = async (input: object) => {
      const { logGroups = [], nextToken } = await client.send(new DescribeLogGroupsCommand(input));
      return { names: logGroups.map(({ logGroupName }) => logGroupName), nextToken };
    };
    const logGroupNamePrefix = "/ecs";
    const first = await describe({ logGroupNamePrefix, limit: 2 });
    expect(first.names).toEqual(["/ecs/Web", "/ecs/api"]);
    const second = await describe({ logGroupNamePrefix, limit: 2, nextToken: first.nextToken });
    expect(second).toEqual({ names: ["/ecs/worker"] });
    expect(await describe({ logGroupNamePattern: "WEB" })).toMatchObject({ names: ["/ecs/Web"] });
    await expect(describe({ nextToken: "x" })).rejects.toThrow("nextToken is invalid");
  });

  test("keep events for as long as they are told", async () => {
    await createGroup("g");
    const retention = async () => {
      const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
      return logGroups[0]?.retentionInDays;
    };
    const set = (retentionInDays: number) =>
      client.send(new PutRetentionPolicyCommand({ logGroupName: "g", retentionInDays }));
    await set(7);
    expect(await retention()).toBe(7);
    await expect(set(8)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("Member must satisfy enum value set: [1, 3, 5, 7"),
    });
    await client.send(new DeleteRetentionPolicyCommand({ logGroupName: "g" }));
    expect(await retention()).toBeUndefined();
  });

  test("have tags", async () => {
    await client.send(new CreateLogGroupCommand({ logGroupName: "g", tags: { team: "a" } }));
    const resourceArn = "arn:aws:logs:eu-west-1:000000000000:log-group:g";
    await client.send(new TagResourceCommand({ resourceArn, tags: { stage: "test" } }));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["team"] }));
    const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual({ stage: "test" });
  });

  test.each([
    [{ kmsKeyId: "arn:aws:kms:eu-west-1:000000000000:key/a" }, "kmsKeyId"],
    [{ logGroupClass: "INFREQUENT_ACCESS" as const }, "logGroupClass INFREQUENT_ACCESS"],
    [{ deletionProtectionEnabled: true }, "deletionProtectionEnabled"],
  ])("are refused with what is not there: %o", async (asked, told) => {
    const making = client.send(new CreateLogGroupCommand({ logGroupName: "g", ...asked }));
    await expect(making).rejects.toThrow(`do not have ${told}`);
    expect(server.groups.list()).toEqual([]);
  });

  test.each([
    ["", "Member must have length greater than or equal to 1"],
    ["a b", "Member must satisfy regular expression pattern: "],
    ["x".repeat(513), "Member must have length less than or equal to 512"],
  ])("cannot be called %j", async (logGroupName, constraint) => {
    await expect(createGroup(logGroupName)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining(
        `at 'logGroupName' failed to satisfy constraint: ${constraint}`,
      ),
    });
  });
});

describe("streams", () => {
  beforeEach(() => createGroup("g"));

  test("are made once, in a group that is there, and deleted", async () => {
    await createStream("a/b/c");
    await expect(createStream("a/b/c")).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log stream already exists",
    });
    await expect(createStream("s", "absent")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
    await expect(createStream("a:b")).rejects.toMatchObject({ name: "InvalidParameterException" });
    const stream = { logGroupName: "g", logStreamName: "a/b/c" };
    await put("a/b/c", server.time);
    await client.send(new DeleteLogStreamCommand(stream));
    await expect(client.send(new GetLogEventsCommand(stream))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log stream does not exist.",
    });
    expect(server.events.size).toBe(0);
  });

  test("are listed by name or by their last events, in pages", async () => {
    for (const [name, age] of [
      ["a", 3],
      ["b", 1],
      ["c", 2],
    ] as const) {
      await createStream(name);
      await put(name, server.time - age);
    }
    const list = async (input: object) => {
      const { logStreams = [], nextToken } = await client.send(
        new DescribeLogStreamsCommand({ logGroupName: "g", ...input }),
      );
      return { names: logStreams.map(({ logStreamName }) => logStreamName).join(""), nextToken };
    };
    expect(await list({})).toEqual({ names: "abc" });
    expect(await list({ logStreamNamePrefix: "b" })).toEqual({ names: "b" });
    const latest = { orderBy: "LastEventTime", descending: true } as const;
    const first = await list({ ...latest, limit: 2 });
    expect(first.names).toBe("bc");
    expect(await list({ ...latest, nextToken: first.nextToken })).toEqual({ names: "a" });
    await expect(list({ ...latest, logStreamNamePrefix: "a" })).rejects.toThrow("Cannot order by");
  });

  test("tell of their events", async () => {
    await createStream("s");
    await put("s", server.time - 5);
    await put("s", server.time - 9);
    const { logStreams } = await client.send(
      new DescribeLogStreamsCommand({
        logGroupIdentifier: "arn:aws:logs:eu-west-1:000000000000:log-group:g",
      }),
    );
    expect(logStreams).toMatchObject([
      {
        arn: "arn:aws:logs:eu-west-1:000000000000:log-group:g:log-stream:s",
        creationTime: server.time,
        firstEventTimestamp: server.time - 9,
        lastEventTimestamp: server.time - 5,
        lastIngestionTime: server.time,
      },
    ]);
  });
});
