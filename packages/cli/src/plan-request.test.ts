import { describe, expect, test } from "vitest";
import type { Circumstances } from "./plan-request.ts";
import { planRequest, refuseCircumstances, requestOfFile } from "./plan-request.ts";

const NOTHING: Circumstances = {};
const DRAIN = { drain: ["i1"] };

test("a request has the cluster and the assumptions that were given, and no others", () => {
  const given = { ...NOTHING, cluster: "blue", startMs: 500, tasksFail: true };
  expect(planRequest(DRAIN, given)).toEqual({
    cluster: "blue",
    change: DRAIN,
    assumptions: { startMs: 500, tasksFail: true },
  });
  expect(planRequest(DRAIN, NOTHING)).toEqual({ change: DRAIN, assumptions: {} });
});

describe("the request of a file", () => {
  const request = { cluster: "blue", change: DRAIN, assumptions: { startMs: 1, stopMs: 2 } };

  test("is as it is where nothing else is given", () => {
    expect(requestOfFile(request, NOTHING)).toEqual(request);
    expect(requestOfFile({ change: DRAIN }, NOTHING)).toEqual({ change: DRAIN, assumptions: {} });
  });

  test("yields to what the command line says", () => {
    const given = { ...NOTHING, cluster: "green", stopMs: 9, hostNotice: true };
    expect(requestOfFile(request, given)).toEqual({
      cluster: "green",
      change: DRAIN,
      assumptions: { startMs: 1, stopMs: 9, hostNotice: true },
    });
  });

  test.each([[[]], ["drain"], [null]])("has to be an object: %j", (given) => {
    expect(() => requestOfFile(given, NOTHING)).toThrow("--file: a request is a JSON object");
  });
});

test("a plan that is made takes nothing that it was to be made of", () => {
  expect(() => refuseCircumstances(NOTHING)).not.toThrow();
  expect(() => refuseCircumstances({ ...NOTHING, cluster: "blue", startMs: 1 })).toThrow(
    "as it was made, without --start-ms, --cluster",
  );
});
