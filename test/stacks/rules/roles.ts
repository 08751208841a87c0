import { componentName, grants, trusts } from "../deployment.ts";
import type { Deployment, Statement } from "../deployment.ts";

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : [value].flat();

/** A role of this deployment is a service's: nobody else takes it. */
export function trustFaults(deployment: Deployment): readonly string[] {
  return deployment.all("iam/role:Role").flatMap((role) =>
    trusts(role).flatMap(({ Principal = {} }) =>
      Object.entries(Principal)
        .filter(([kind]) => kind !== "Service")
        .map(([kind, who]) => `${role.name} trusts ${kind} ${list(who).join()}`),
    ),
  );
}

/** What Lambda itself does with a function's role: its logs, and the polling of its source. */
const LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"];
const POLLING = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
const STREAM_POLLING = [
  "dynamodb:DescribeStream",
  "dynamodb:GetRecords",
  "dynamodb:GetShardIterator",
  "dynamodb:ListStreams",
  // For what it gives up.
  "sqs:SendMessage",
];

function pollingFor(entry: string): readonly string[] {
  if (entry === "change-events") return STREAM_POLLING;
  return entry.endsWith("-queue") ? POLLING : [];
}

/** What Lambda does where it traces. */
const TRACING = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];

/** Functions that tell X-Ray of their invocations. */
export function tracedFunctions(deployment: Deployment): readonly string[] {
  return deployment
    .all("lambda/function:Function")
    .filter(({ inputs }) => {
      const { mode } = (inputs.tracingConfig ?? {}) as { readonly mode?: string };
      return mode === "Active";
    })
    .map(({ name }) => name);
}

/** A function may do what its bundle calls and its tracing needs, and nothing else. */
export function permissionFaults(
  deployment: Deployment,
  calls: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const traced = new Set(tracedFunctions(deployment));
  return [...calls].flatMap(([entry, called]) => {
    const granted = actionsOf(deployment, `${componentName(entry)}Role`);
    const needed = [
      ...called,
      ...LOGS,
      ...pollingFor(entry),
      ...(traced.has(`${componentName(entry)}Function`) ? TRACING : []),
    ];
    const missing = without(needed, granted).map((action) => `${entry} may not ${action}`);
    return missing.concat(without(granted, needed).map((action) => `${entry} need not ${action}`));
  });
}

function actionsOf(deployment: Deployment, roleName: string): readonly string[] {
  const role = deployment.all("iam/role:Role").find(({ name }) => name === roleName);
  return role ? grants(role).flatMap(({ Action }) => list(Action)) : [];
}

const without = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.filter((each) => !others.includes(each));

/** The only wildcards, each in an ARN of this deployment: ids that AWS gives later, groups and roles that a user makes. */
const LATER_IDS = [
  /^arn:aws:logs:[\w-]+:\d+:log-group:\w+:\*$/,
  /^arn:aws:execute-api:[\w-]+:\d+:\w+\/ws\/POST\/@connections\/\*$/,
  /^arn:aws:iam::\d+:role\/berth-\w+\/\*$/,
  /^arn:aws:autoscaling:[\w-]+:\d+:autoScalingGroup:\*:autoScalingGroupName\/berth-\w+(?:-\*)?$/,
];

/** No action and no resource stands for more than it must. */
export function wildcardFaults(deployment: Deployment): readonly string[] {
  return deployment.all("iam/role:Role").flatMap((role) =>
    grants(role)
      .flatMap(wildcardsOf)
      .map((wildcard) => `${role.name}: ${wildcard}`),
  );
}

/** Actions that know no resources to be named, or do half of it where some are: AWS demands the wildcard. */
const WITHOUT_RESOURCES: ReadonlySet<string> = new Set([...TRACING, "cloudwatch:DescribeAlarms"]);

function wildcardsOf({ Action, Resource }: Statement): readonly string[] {
  const actions = list(Action);
  const mustBeAll = actions.every((action) => WITHOUT_RESOURCES.has(action));
  const resources = list(Resource).filter(
    (arn) => !(mustBeAll && arn === "*") && !LATER_IDS.some((allowed) => allowed.test(arn)),
  );
  return [...actions, ...resources].filter((text) => text.includes("*"));
}

/** AWS's managed policies are for all resources of an account. One is API Gateway's own demand. */
export function managedPolicyFaults(deployment: Deployment): readonly string[] {
  return deployment.all("iam/role:Role").flatMap(({ name, inputs }) => {
    const { managedPolicyArns = [] } = inputs as { managedPolicyArns?: readonly string[] };
    return managedPolicyArns
      .filter((arn) => !arn.endsWith("/AmazonAPIGatewayPushToCloudWatchLogs"))
      .map((arn) => `${name} has ${arn}`);
  });
}
