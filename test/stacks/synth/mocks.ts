/** What the program asked Pulumi for. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the mocks made up, by the provider's word for it; other resources may quote it. */
  readonly given?: Readonly<Record<string, string>>;
  /** What is there already and is only read. */
  readonly read?: true;
  /** It stays when the deployment is removed. */
  readonly retained?: true;
  /** What must be there first: `type::name` each. */
  readonly dependsOn?: readonly string[];
}

interface ResourceArgs {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly id?: string;
}

interface CallArgs {
  readonly token: string;
  readonly inputs: Record<string, unknown>;
}

export const REGION = "eu-central-1";
const ACCOUNT = "123456789012";

/** Stands for Pulumi's engine and AWS: records what is made and answers as AWS would. */
export function createMocks(recorded: RecordedResource[]) {
  return {
    async newResource({ type, name, inputs, id }: ResourceArgs) {
      const state = stateOf(type, name, inputs);
      const given = { ...state, id: id || `${name}-id` };
      const recordedInputs = withoutMarks(await withPaths(inputs)) as RecordedResource["inputs"];
      recorded.push({ type, name, inputs: recordedInputs, given, ...(id && { read: true }) });
      return { id: given.id, state: { ...inputs, ...state } };
    },
    call({ token, inputs }: CallArgs) {
      const answer = CALLS[token.split(":").at(-1) ?? ""];
      if (!answer) throw new Error(`No answer for ${token}`);
      return answer(inputs);
    },
  };
}

/** Pulumi's archives promise where they are. */
async function withPaths(inputs: Record<string, unknown>): Promise<Record<string, unknown>> {
  const settled = Object.entries(inputs).map(async ([name, value]) => [
    name,
    isArchive(value) ? { ...value, path: await value.path } : value,
  ]);
  return Object.fromEntries(await Promise.all(settled)) as Record<string, unknown>;
}

function isArchive(value: unknown): value is { readonly path: Promise<string> } {
  return typeof value === "object" && value !== null && "__pulumiArchive" in value;
}

/** Pulumi's own mark of a secret. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Secrets as their plain values: what is recorded holds none that is real. */
export function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_MARK in value) return withoutMarks((value as { value?: unknown }).value);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withoutMarks(each)]),
  );
}

const CALLS: Readonly<Record<string, (inputs: Record<string, unknown>) => unknown>> = {
  getPartition: () => ({ partition: "aws", dnsSuffix: "amazonaws.com" }),
  getRegion: () => ({ region: REGION, name: REGION, id: REGION }),
  getCallerIdentity: () => ({ accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/x` }),
  getPolicyDocument: ({ statements }) => ({
    statements,
    json: JSON.stringify({
      Version: "2012-10-17",
      Statement: (statements as readonly PolicyStatement[] | undefined)?.map(policyStatement),
    }),
  }),
};

interface PolicyStatement {
  readonly effect?: string;
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: unknown }[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

function policyStatement(statement: PolicyStatement) {
  const { effect, actions, resources, principals, conditions } = statement;
  return {
    Effect: effect ?? "Allow",
    Action: actions,
    Resource: resources,
    Principal:
      principals && Object.fromEntries(principals.map((each) => [each.type, each.identifiers])),
    Condition:
      conditions &&
      Object.fromEntries(
        conditions.map(({ test, variable, values }) => [test, { [variable]: values }]),
      ),
  };
}

/** Of the logical name: physical ones are random. */
function stateOf(
  type: string,
  name: string,
  { protocolType }: Record<string, unknown>,
): Readonly<Record<string, string>> {
  const arn = arnOf(type, name);
  switch (type) {
    case "aws:apigatewayv2/api:Api": {
      const scheme = protocolType === "WEBSOCKET" ? "wss" : "https";
      return {
        arn,
        executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${name}`,
        apiEndpoint: `${scheme}://${name.toLowerCase()}.execute-api.${REGION}.amazonaws.com`,
      };
    }
    case "aws:dynamodb/table:Table":
      return { arn, streamArn: streamArnOf(name) };
    case "aws:sqs/queue:Queue":
      return { arn, url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}` };
    case "random:index/randomBytes:RandomBytes":
      return { base64: "AAAA" };
    default:
      return { arn };
  }
}

/** @param type such as `aws:dynamodb/table:Table` */
export function arnOf(type: string, name: string): string {
  const [, module = "", kind = ""] = /^\w+:(\w+)\/(\w+):/.exec(type) ?? [];
  const service = kind === "logGroup" ? "logs" : module;
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${RESOURCE[kind] ?? ""}${name}`;
}

/** The stream of a table, which has the time of its making for a name. */
export const streamArnOf = (tableName: string): string =>
  `${arnOf("aws:dynamodb/table:Table", tableName)}/stream/2026-01-01T00:00:00.000`;

/** What stands before the name in an ARN. */
const RESOURCE: Readonly<Record<string, string>> = {
  function: "function:",
  logGroup: "log-group:",
  role: "role/",
  table: "table/",
};
