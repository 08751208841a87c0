import { aStreamSession } from "@berth/testing/streams";
import { expect, test } from "vitest";
import { streamEvents } from "./stream-events.ts";

const scope = { region: "eu-central-1", account: "123456789012" };
const asked = aStreamSession({ tokenHash: "secret" });
const begun = { ...asked, clientConnectionId: "c", agentConnectionId: "a", startedAt: 1_000 };
const ended = { ...begun, end: { at: 5_000, exitCode: 1, bytesIn: 2, bytesOut: 3 } };

test("a session is told of when it begins and when it ends, and not when it is asked for or lives on", () => {
  expect(streamEvents(scope, { after: asked })).toEqual([]);
  expect(streamEvents(scope, { before: begun, after: begun })).toEqual([]);
  expect(streamEvents(scope, { before: ended, after: ended })).toEqual([]);
  const [began, ...more] = streamEvents(scope, { before: asked, after: begun });
  expect(more).toEqual([]);
  expect(began).toMatchObject({
    detailType: "Berth Stream Session State Change",
    time: 1_000,
    detail: { state: "STARTED", operation: "EXEC", containerName: "web", command: ["ls"] },
  });
  expect(streamEvents(scope, { before: begun, after: ended })).toMatchObject([
    { time: 5_000, detail: { state: "ENDED", exitCode: 1, durationMs: 4_000, bytesOut: 3 } },
  ]);
});

test("says who, and neither the token nor the connections", () => {
  const text = JSON.stringify(streamEvents(scope, { before: begun, after: ended }));
  expect(text).toContain(asked.principalArn);
  for (const hidden of ["secret", "ConnectionId"]) expect(text).not.toContain(hidden);
});
