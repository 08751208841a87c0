import type { ServiceChange } from "@berth/domain/service-change";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeChange, encodeChange } from "./service-change-format.ts";

const changes: fc.Arbitrary<ServiceChange> = fc.record(
  {
    at: fc.nat(),
    operation: fc.constantFrom("CreateService", "UpdateService", "DeleteService", "UpdateTaskSet"),
    requestId: fc.string(),
    principalArn: fc.string(),
    deploymentId: fc.string().map((id) => `ecs-svc/${id}`),
    desiredCount: fc.nat(),
    taskSet: fc.record(
      { id: fc.string().map((id) => `ecs-svc/${id}`), scale: fc.nat() },
      { noNullPrototype: true },
    ),
  },
  {
    requiredKeys: ["at", "operation", "requestId", "principalArn"],
    noNullPrototype: true,
  },
);

test("a change is read as it was written", () => {
  fc.assert(
    fc.property(changes, (change) => {
      expect(decodeChange(encodeChange(change))).toEqual(change);
    }),
  );
});
