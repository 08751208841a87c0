import { describe, expect, test } from "vitest";
import { matchesEvent } from "./match-event.ts";
import { readPattern } from "./read-pattern.ts";

function matches(pattern: object, event: unknown): boolean {
  const reading = readPattern(JSON.stringify(pattern));
  if (reading.kind === "malformed") throw new Error(reading.reason);
  return matchesEvent(reading.pattern, event);
}

/** An event of EC2, as EventBridge's documentation shows it, and what is added in its examples. */
const EVENT = {
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": "EC2 Instance State-change Notification",
  source: "aws.ec2",
  account: "111122223333",
  time: "2017-12-22T18:43:48Z",
  region: "us-west-1",
  resources: ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
  detail: {
    "instance-id": "i-1234567890abcdef0",
    state: "terminated",
    "c-count": 5,
    "d-count": 3,
    "x-limit": 301.8,
    "source-ip": "10.0.0.33",
    "source-ip6": "2001:db8::33",
    empty: "",
    nothing: null,
    flag: true,
    none: [],
    FileName: "Photo.PNG",
    path: "dir/x/dir/file*.txt",
    nested: { deep: { leaf: "x" } },
    containers: [
      { name: "web", exitCode: 0, ports: [80, 443] },
      { name: "db", exitCode: 137, health: null },
    ],
    grid: [[{ x: 1, y: 1 }], [{ x: 2, y: 2 }], [[3, "four"]]],
  },
};

type Row = readonly [pattern: object, matches: boolean];

/** What a field of `detail` is asked to be. */
const detail = (name: string, ...matchers: readonly unknown[]) => ({
  detail: { [name]: matchers },
});

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "exact values": [
    [{ source: ["aws.ec2"] }, true],
    [{ source: ["aws.ec"] }, false],
    [{ source: ["AWS.EC2"] }, false],
    [{ source: ["aws.s3", "aws.ec2"] }, true],
    [{ source: ["aws.ec2"], region: ["eu-west-1"] }, false],
    [{ source: ["aws.ec2"], detail: { state: ["terminated"] } }, true],
    [{ source: [{ exactly: "aws.ec2" }] }, true],
    [detail("c-count", 5), true],
    [detail("c-count", 5.0), true],
    [detail("c-count", "5"), false],
    [detail("x-limit", 3.018e2), true],
    [detail("flag", true), true],
    [detail("flag", false), false],
    [detail("flag", "true"), false],
    [detail("absent", "x"), false],
    [{ detail: ["x"] }, false],
    [{ source: { state: ["x"] } }, false],
  ],
  "null and the empty string": [
    [detail("empty", ""), true],
    [detail("state", ""), false],
    [detail("nothing", null), true],
    [detail("nothing", ""), false],
    [detail("empty", null), false],
    [detail("absent", null), false],
  ],
  arrays: [
    [{ resources: ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"] }, true],
    [{ resources: ["arn:aws:ec2:us-west-1:123456789012:instance/i-other"] }, false],
    [{ resources: [{ prefix: "arn:aws:ec2:" }] }, true],
    [{ detail: { containers: { name: ["db"] } } }, true],
    [{ detail: { containers: { name: ["cache"] } } }, false],
    [{ detail: { containers: { name: ["db"], exitCode: [137] } } }, true],
    [{ detail: { containers: { name: ["web"], exitCode: [137] } } }, false],
    [{ detail: { containers: { ports: [443] } } }, true],
    [{ detail: { containers: { name: ["db"], ports: [443] } } }, false],
    [{ detail: { grid: { x: [2], y: [2] } } }, true],
    [{ detail: { grid: { x: [1], y: [2] } } }, false],
    [{ detail: { grid: ["four"] } }, true],
    [detail("none", null), false],
  ],
  prefix: [
    [{ time: [{ prefix: "2017-12-22" }] }, true],
    [{ time: [{ prefix: "2017-10-02" }] }, false],
    [{ time: [{ prefix: "" }] }, true],
    [{ region: [{ prefix: "US-" }] }, false],
    [{ region: [{ prefix: { "equals-ignore-case": "US-" } }] }, true],
    [{ region: [{ prefix: { "equals-ignore-case": "EU-" } }] }, false],
    [detail("c-count", { prefix: "5" }), false],
    [detail("empty", { prefix: "" }), true],
  ],
  suffix: [
    [detail("FileName", { suffix: ".PNG" }), true],
    [detail("FileName", { suffix: ".png" }), false],
    [detail("FileName", { suffix: { "equals-ignore-case": ".png" } }), true],
    [detail("FileName", { suffix: { "equals-ignore-case": ".jpg" } }), false],
    [detail("nothing", { suffix: "l" }), false],
  ],
  "equals-ignore-case": [
    [{ source: [{ "equals-ignore-case": "AWS.EC2" }] }, true],
    [{ source: [{ "equals-ignore-case": "AWS.EC" }] }, false],
    [{ "detail-type": [{ "equals-ignore-case": "ec2 instance STATE-CHANGE notification" }] }, true],
  ],
  "anything-but": [
    [detail("state", { "anything-but": "initializing" }), true],
    [detail("state", { "anything-but": "terminated" }), false],
    [detail("state", { "anything-but": ["stopped", "overloaded"] }), true],
    [detail("state", { "anything-but": ["stopped", "terminated"] }), false],
    [detail("x-limit", { "anything-but": 123 }), true],
    [detail("x-limit", { "anything-but": 301.8 }), false],
    [detail("x-limit", { "anything-but": [100, 200, 300] }), true],
    [detail("c-count", { "anything-but": "5" }), true],
    [detail("nothing", { "anything-but": "x" }), true],
    [detail("absent", { "anything-but": "x" }), false],
    [detail("state", { "anything-but": { prefix: "init" } }), true],
    [detail("state", { "anything-but": { prefix: "term" } }), false],
    [detail("state", { "anything-but": { prefix: ["init", "term"] } }), false],
    [detail("FileName", { "anything-but": { suffix: ".txt" } }), true],
    [detail("FileName", { "anything-but": { suffix: [".txt", ".PNG"] } }), false],
    [detail("state", { "anything-but": { "equals-ignore-case": "TERMINATED" } }), false],
    [detail("state", { "anything-but": { "equals-ignore-case": ["running", "stopped"] } }), true],
    [detail("path", { "anything-but": { wildcard: "*/lib/*" } }), true],
    [detail("path", { "anything-but": { wildcard: "*/x/*" } }), false],
    [detail("path", { "anything-but": { wildcard: ["*/lib/*", "dir/*"] } }), false],
    [{ detail: { containers: { name: [{ "anything-but": "web" }] } } }, true],
    [{ detail: { containers: { name: [{ "anything-but": ["web", "db"] }] } } }, false],
  ],
  numeric: [
    [detail("c-count", { numeric: [">", 0, "<=", 5] }), true],
    [detail("c-count", { numeric: [">", 0, "<", 5] }), false],
    [detail("c-count", { numeric: [">=", 5] }), true],
    [detail("c-count", { numeric: [">", 5] }), false],
    [detail("d-count", { numeric: ["<", 10] }), true],
    [detail("d-count", { numeric: ["<=", 2] }), false],
    [detail("x-limit", { numeric: ["=", 3.018e2] }), true],
    [detail("x-limit", { numeric: ["=", 301] }), false],
    [detail("state", { numeric: [">", 0] }), false],
    [{ detail: { containers: { ports: [{ numeric: [">", 100] }] } } }, true],
  ],
  cidr: [
    [detail("source-ip", { cidr: "10.0.0.0/24" }), true],
    [detail("source-ip", { cidr: "10.0.1.0/24" }), false],
    [detail("source-ip", { cidr: "10.0.0.33/32" }), true],
    [detail("source-ip", { cidr: "0.0.0.0/0" }), true],
    [detail("source-ip6", { cidr: "2001:db8::/32" }), true],
    [detail("source-ip6", { cidr: "10.0.0.0/8" }), false],
    [detail("state", { cidr: "0.0.0.0/0" }), false],
  ],
  exists: [
    [detail("c-count", { exists: true }), true],
    [detail("c-count", { exists: false }), false],
    [detail("absent", { exists: true }), false],
    [detail("absent", { exists: false }), true],
    [detail("nothing", { exists: true }), true],
    [detail("none", { exists: true }), false],
    [detail("none", { exists: false }), true],
    // Of leaves alone.
    [detail("nested", { exists: true }), false],
    [detail("nested", { exists: false }), true],
    [{ detail: { nested: { other: { leaf: [{ exists: false }] } } } }, true],
    [{ detail: { nested: { deep: { leaf: [{ exists: false }] } } } }, false],
    // It is there somewhere in the array.
    [{ detail: { containers: { health: [{ exists: false }] } } }, false],
    [{ detail: { containers: { image: [{ exists: false }], name: ["db"] } } }, true],
    [{ detail: { none: { x: [{ exists: false }] } } }, true],
    [detail("absent", "x", { exists: false }), true],
    [{ valueOf: [{ exists: false }], detail: { constructor: [{ exists: false }] } }, true],
  ],
  wildcard: [
    [detail("path", { wildcard: "dir/*" }), true],
    [detail("path", { wildcard: "*.txt" }), true],
    [detail("path", { wildcard: "dir/*/dir/*.txt" }), true],
    [detail("path", { wildcard: "dir/*/dir/*.png" }), false],
    [detail("path", { wildcard: "*file\\*.txt" }), true],
    [detail("path", { wildcard: "*file\\\\.txt" }), false],
    [detail("path", { wildcard: "*" }), true],
    [detail("empty", { wildcard: "*" }), true],
    [detail("state", { wildcard: "terminated" }), true],
    [detail("state", { wildcard: "terminate" }), false],
    [detail("state", { wildcard: "termi*nated" }), true],
    [detail("state", { wildcard: "terminated*terminated" }), false],
    [detail("c-count", { wildcard: "*" }), false],
  ],
  $or: [
    [{ $or: [{ source: ["aws.s3"] }, { region: ["us-west-1"] }] }, true],
    [{ $or: [{ source: ["aws.s3"] }, { region: ["eu-west-1"] }] }, false],
    [
      {
        source: ["aws.ec2"],
        detail: {
          $or: [
            { "c-count": [{ numeric: [">", 10] }] },
            { "d-count": [{ numeric: ["<", 10] }] },
            { "x-limit": [{ numeric: ["=", 3.018e2] }] },
          ],
        },
      },
      true,
    ],
    [
      {
        $or: [{ source: ["aws.s3"] }, { source: ["aws.ec2"], account: ["999999999999"] }],
        detail: { state: ["terminated"] },
      },
      false,
    ],
    [{ detail: { $or: [{ state: ["x"] }, { $or: [{ state: ["y"] }, { flag: [true] }] }] } }, true],
    [{ detail: { containers: { $or: [{ name: ["x"] }, { exitCode: [137] }] } } }, true],
    [
      { detail: { containers: { name: ["web"], $or: [{ name: ["x"] }, { exitCode: [137] }] } } },
      false,
    ],
  ],
  "several kinds together": [
    [
      {
        time: [{ prefix: "2017-12-22" }],
        detail: {
          state: [{ "anything-but": "initializing" }],
          "c-count": [{ numeric: [">", 0, "<=", 5] }],
          "d-count": [{ numeric: ["<", 10] }],
          "x-limit": [{ "anything-but": [100, 200, 300] }],
        },
      },
      true,
    ],
    [{ detail: { state: [{ prefix: "run" }, { suffix: "ted" }, { exists: false }] } }, true],
  ],
};

describe.each(Object.entries(TABLE))("%s", (_, rows) => {
  test.each(rows)("%j: %s", (pattern, expected) => {
    expect(matches(pattern, EVENT)).toBe(expected);
  });
});

test("an event that nests deeper than the stack is compared all the same", () => {
  const depth = 100_000;
  const event: unknown = JSON.parse(`{"a":${"[".repeat(depth)}1${"]".repeat(depth)}}`);
  expect(matches({ a: [1] }, event)).toBe(true);
  expect(matches({ a: { b: [{ exists: false }] } }, event)).toBe(true);
});

test("what is absent is looked for once, however many elements ask for it", () => {
  const items = [...Array.from({ length: 60_000 }, () => ({})), { a: 1 }];
  expect(matches({ items: { a: [{ exists: false }] } }, { items })).toBe(false);
});
