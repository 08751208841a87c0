import { expect, test } from "vitest";
import { routeOf } from "./route.ts";
import { unknownAnswer } from "./refusals.ts";

const NO_QUERY = new URLSearchParams();

test.each([
  ["/v2/credentials/a-b", { kind: "credentials", version: 2, id: "a-b" }],
  ["/v4/x", { kind: "metadata", version: 4, id: "x", of: "container" }],
  ["/v4/x/task", { kind: "metadata", version: 4, id: "x", of: "task" }],
  ["/v4/x/taskWithTags", { kind: "metadata", version: 4, id: "x", of: "taskWithTags" }],
  ["/v4/x/stats", { kind: "metadata", version: 4, id: "x", of: "stats" }],
  ["/v3/x/task/stats", { kind: "metadata", version: 3, id: "x", of: "taskStats" }],
  ["/api/x/task-protection/v1/state", { kind: "taskProtection", id: "x" }],
  ["/v5/x", undefined],
  ["/v4/x/valueOf", undefined],
  ["/v2/credentials/a/b", undefined],
  ["/", undefined],
])("%s", (path, route) => {
  expect(routeOf(path, NO_QUERY)).toEqual(route);
});

test("the first version names the id in the query", () => {
  const query = new URLSearchParams("id=a");
  expect(routeOf("/v1/credentials", query)).toEqual({ kind: "credentials", version: 1, id: "a" });
});

test.each([
  [
    "/v2/credentials/",
    400,
    '{"code":"NoIdInRequest","message":"CredentialsV2Request: No Credential ID in the request","HTTPErrorCode":400}',
  ],
  [
    "/v2/credentials/x",
    400,
    '{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found","HTTPErrorCode":400}',
  ],
  [
    "/v4/x",
    404,
    '"V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 endpoint ID: x"',
  ],
  [
    "/v4/x/task/stats",
    404,
    '"V4 task stats handler: unable to get task arn from request: unable to get task Arn from v3 endpoint ID: x"',
  ],
  [
    "/api/x/task-protection/v1/state",
    404,
    '{"error":{"Code":"ResourceNotFoundException","Message":"Failed to find a task for the request"}}',
  ],
  ["/none", 404, "404 page not found\n"],
])("what nobody knows is refused in the ECS agent's words: %s", (path, status, body) => {
  const answer = unknownAnswer({ method: "GET", path, query: NO_QUERY, body: "" });
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
});
