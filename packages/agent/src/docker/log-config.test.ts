import { expect, test } from "vitest";
import { logDriverProblem, withLogConfig } from "./log-config.ts";

const awslogsEndpoint = "http://127.0.0.2:1";
const awslogsKey = { accessKeyId: "AKIA", secretAccessKey: "s3cret" };

const configOf = (Type: string, Config: object, settings = {}) =>
  withLogConfig({ LogConfig: { Type, Config } }, settings).LogConfig?.Config as object;

test.each([
  { name: "bounded where it must not block", given: { mode: "non-blocking" }, size: "10m" },
  {
    name: "as large as is asked",
    given: { mode: "non-blocking", "max-buffer-size": "1m" },
    size: "1m",
  },
  { name: "absent where it may block", given: { mode: "blocking" }, size: undefined },
  { name: "absent where nothing is said", given: { "max-size": "1m" }, size: undefined },
])("the buffer of a log is $name", ({ given, size }) => {
  const expected = size === undefined ? given : { ...given, "max-buffer-size": size };
  expect(configOf("json-file", given)).toEqual(expected);
});

test("awslogs goes where its instance says, with its key, and once a second", () => {
  const config = configOf("awslogs", { "awslogs-group": "g" }, { awslogsEndpoint, awslogsKey });
  expect(config).toEqual({
    "awslogs-group": "g",
    "awslogs-endpoint": awslogsEndpoint,
    "awslogs-force-flush-interval-seconds": "1",
    "awslogs-credentials-endpoint": expect.stringMatching(/^\/v2\/credentials\/[0-9a-f]{64}$/),
  });
  expect(JSON.stringify(config)).not.toContain("s3cret");
});

test("what the definition or the execution role says of it holds", () => {
  const given = {
    "awslogs-endpoint": "http://elsewhere",
    "awslogs-credentials-endpoint": "/v2/credentials/role",
  };
  expect(configOf("awslogs", given, { awslogsEndpoint, awslogsKey })).toMatchObject(given);
});

test("other drivers, and instances of CloudWatch, are told nothing more", () => {
  const options = { a: "b" };
  expect(configOf("fluentd", options, { awslogsEndpoint, awslogsKey })).toEqual(options);
  expect(configOf("awslogs", options)).toEqual(options);
  expect(withLogConfig({}, { awslogsEndpoint })).toEqual({});
});

test("a driver that the instance does not offer is refused in words", () => {
  const problem = (Type: string) =>
    logDriverProblem({ LogConfig: { Type, Config: {} } }, ["json-file", "none"]);
  expect(problem("json-file")).toBeUndefined();
  expect(logDriverProblem({}, [])).toBeUndefined();
  expect(problem("splunk")).toBe(
    "log driver splunk is not one of this instance's, which are json-file, none (ECS_AVAILABLE_LOGGING_DRIVERS)",
  );
});
