import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { groupHash } from "@berth/domain/group-hash";
import {
  randomDeploymentId,
  randomServiceDeploymentId,
  randomTaskId,
  randomUuid,
} from "./random-ids.ts";

const random = {
  randomHex: (digits: number) => randomBytes(digits).toString("hex").slice(0, digits),
};
const many = (make: () => string) => Array.from({ length: 200 }, make);

describe("random ids", () => {
  test("a UUID is of version 4", () => {
    for (const id of many(() => randomUuid(random))) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  test("a deployment id has 19 digits whatever the random digits are", () => {
    const extremes = ["0".repeat(16), "f".repeat(16)].map((hex) =>
      randomDeploymentId({ randomHex: () => hex }),
    );
    for (const id of [...extremes, ...many(() => randomDeploymentId(random))]) {
      expect(id).toMatch(/^ecs-svc\/[1-9]\d{18}$/);
    }
  });

  test("ids of service deployments have 21 characters and sort from the latest back", () => {
    const at = (now: number) => randomServiceDeploymentId({ ...random, now: () => now });
    const times = [0, 1, 63, 64, 1_700_000_000_000, 1_700_000_000_001, 2 ** 42 - 1];
    const ids = times.map(at);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{21}$/);
    expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ids.toReversed());
    expect(at(0)).not.toBe(at(0));
  });

  test("a task id begins with the hash of its group", () => {
    const id = randomTaskId(random, "service:web");
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(id.startsWith(groupHash("service:web"))).toBe(true);
  });
});
