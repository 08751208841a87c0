import { defined } from "@berth/domain/defined";
import type { ConfigReader } from "./config-reader.ts";

/** What the agent makes of log configurations. */
export interface LoggingConfig {
  /** What tasks may ask for, as far as the engine has it. */
  readonly loggingDrivers: readonly string[];
  /** Whether `awslogs` writes with the execution roles of tasks. */
  readonly awslogsExecutionRole: boolean;
  /** Berth's own: where `awslogs` writes to. Absent: to CloudWatch. */
  readonly awslogsEndpoint?: string;
  /** Berth's own: the key with which it writes for tasks without an execution role. Absent: the engine's own. */
  readonly awslogsKey?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Docker's, which take what they get over the options of a task definition. */
const DRIVERS = [
  "awslogs",
  "fluentd",
  "gelf",
  "journald",
  "json-file",
  "local",
  "none",
  "splunk",
  "syslog",
];

/** Keys and defaults: the ECS developer guide, "Amazon ECS container agent configuration". */
export function readLogging(read: ConfigReader): LoggingConfig {
  const accessKeyId = read.text("BERTH_AWSLOGS_ACCESS_KEY_ID");
  const secretAccessKey = read.text("BERTH_AWSLOGS_SECRET_ACCESS_KEY");
  const isWhole = accessKeyId !== undefined && secretAccessKey !== undefined;
  if (!isWhole && (accessKeyId ?? secretAccessKey) !== undefined) {
    read.problems.push(
      "BERTH_AWSLOGS_ACCESS_KEY_ID and BERTH_AWSLOGS_SECRET_ACCESS_KEY must be set together",
    );
  }
  const awslogsEndpoint = read.matching(
    "BERTH_AWSLOGS_ENDPOINT",
    "must be an http(s) URL",
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""),
  );
  return {
    loggingDrivers: read.json(
      "ECS_AVAILABLE_LOGGING_DRIVERS",
      `a JSON array of ${DRIVERS.join(", ")}`,
      isDrivers,
    ) ?? ["json-file", "none"],
    awslogsExecutionRole: read.flag("ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE") ?? false,
    ...defined({ awslogsEndpoint }),
    ...(isWhole && { awslogsKey: { accessKeyId, secretAccessKey } }),
  };
}

const isDrivers = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each: unknown) => DRIVERS.some((driver) => driver === each));
