import { describe, expect, it, test } from "vitest";
import { readDeployment } from "../record.ts";
import type { RecordedResource } from "../synth/mocks.ts";
import { exportResources } from "./export.ts";
import type { Block, ProviderSchema } from "./schema.ts";

const block = (
  attributes: NonNullable<Block["attributes"]>,
  block_types: NonNullable<Block["block_types"]> = {},
) => ({
  block: { attributes, block_types },
});
const optional = (type: "string" | "number" | readonly ["list" | "map", "string"]) => ({
  type,
  optional: true,
});

/** As the provider tells it, but a few of everything. */
const SCHEMA: ProviderSchema = {
  resource_schemas: {
    aws_sqs_queue: block({
      name: optional("string"),
      redrive_policy: optional("string"),
      arn: { type: "string" },
      id: { type: "string" },
    }),
    aws_lambda_function: block(
      {
        function_name: optional("string"),
        runtime: optional("string"),
        architectures: optional(["list", "string"]),
        role: optional("string"),
      },
      { environment: block({ variables: optional(["map", "string"]) }) },
    ),
    aws_apigatewayv2_api: block({
      name: optional("string"),
      api_endpoint: { type: "string" },
    }),
    aws_dynamodb_table: block(
      {},
      { attribute: block({ name: optional("string"), type: optional("string") }) },
    ),
    aws_s3_object: block({ source: optional("string") }),
  },
};

const queue = (name: string, inputs: RecordedResource["inputs"] = {}): RecordedResource => ({
  type: "aws:sqs/queue:Queue",
  name,
  inputs,
  given: { id: `${name}-id`, arn: `arn:aws:sqs:somewhere:1:${name}` },
});
const lambda = (inputs: RecordedResource["inputs"]): RecordedResource => ({
  type: "aws:lambda/function:Function",
  name: "Api",
  inputs,
});
const exported = (...resources: readonly RecordedResource[]) => exportResources(resources, SCHEMA);

describe("names", () => {
  it("become those of the provider, in lists and blocks where it wants them", () => {
    const Api = lambda({
      name: "api",
      architectures: "arm64",
      environment: { variables: { camelCase: "stays" } },
    });
    expect(exported(Api)).toEqual({
      aws_lambda_function: {
        Api: {
          function_name: "api",
          architectures: ["arm64"],
          environment: [{ variables: { camelCase: "stays" } }],
        },
      },
    });
  });

  it("stand once for each block where Pulumi has a list", () => {
    const attributes = [
      { name: "pk", type: "S" },
      { name: "sk", type: "S" },
    ];
    const State = { type: "aws:dynamodb/table:Table", name: "State", inputs: { attributes } };
    expect(exported(State).aws_dynamodb_table?.State).toEqual({ attribute: attributes });
  });

  it("are refused all at once where the provider does not know them", () => {
    const unknown = { type: "aws:sqs/pond:Pond", name: "Fish", inputs: {} };
    expect(() =>
      exported(
        queue("Wake", { depth: 3, arn: "computed" }),
        lambda({ environment: { weather: "fair" }, runtime: ["one", "two"] }),
        unknown,
      ),
    ).toThrow(
      "The provider does not know Wake (aws:sqs/queue:Queue): depth, " +
        "Wake (aws:sqs/queue:Queue): arn, Api (aws:lambda/function:Function): environment.weather, " +
        "Api (aws:lambda/function:Function): runtime.[], Fish: aws:sqs/pond:Pond",
    );
  });
});

describe("values", () => {
  it("refer to what the mocks made up, to the whole of it", () => {
    const redrivePolicy = '{"deadLetterTargetArn":"arn:aws:sqs:somewhere:1:WakeDead"}';
    const { aws_sqs_queue = {} } = exported(
      queue("Wake", { redrivePolicy, name: "at Wake-id, not at Awake-id" }),
      queue("WakeDead"),
    );
    expect(aws_sqs_queue.Wake).toEqual({
      redrive_policy: '{"deadLetterTargetArn":"${aws_sqs_queue.WakeDead.arn}"}',
      name: "at ${aws_sqs_queue.Wake.id}, not at Awake-id",
    });
  });

  it("refer to a host by whatever scheme", () => {
    const api = {
      type: "aws:apigatewayv2/api:Api",
      name: "Sockets",
      inputs: {},
      given: { apiEndpoint: "wss://sockets.invalid" },
    };
    const { aws_sqs_queue } = exported(api, queue("Wake", { name: "https://sockets.invalid/ws" }));
    expect(aws_sqs_queue?.Wake?.name).toBe(
      'https://${split("://", aws_apigatewayv2_api.Sockets.api_endpoint)[1]}/ws',
    );
  });

  it("refer to nothing that could be two things, or none", () => {
    const role = lambda({ role: "Wake-id" });
    const other = { ...queue("Wake"), type: "aws:apigatewayv2/api:Api" };
    expect(() => exported(role, other)).toThrow("Wake-id is no attribute");
    expect(() =>
      exported(role, queue("Wake"), { ...queue("Other"), given: { id: "Wake-id" } }),
    ).toThrow("Wake-id could be of 2 resources");
  });

  it("are no templates", () => {
    const { aws_sqs_queue } = exported(
      queue("Wake", { name: "${path.root} %{ if true } $context" }),
    );
    expect(aws_sqs_queue?.Wake?.name).toBe("$${path.root} %%{ if true } $context");
  });

  it("are texts where AWS takes documents, and paths where it takes files", () => {
    expect(exported(queue("Wake", { redrivePolicy: { maxReceiveCount: 5 } }))).toMatchObject({
      aws_sqs_queue: { Wake: { redrive_policy: '{"maxReceiveCount":5}' } },
    });
    const source = { __pulumiArchive: true, path: "/code.zip" };
    const code = { type: "aws:s3/bucketObjectv2:BucketObjectv2", name: "Code", inputs: { source } };
    expect(exported(code)).toEqual({ aws_s3_object: { Code: { source: "/code.zip" } } });
  });

  it("are older where the provider is", () => {
    expect(exported(lambda({ runtime: "nodejs24.x" }))).toMatchObject({
      aws_lambda_function: { Api: { runtime: "nodejs22.x" } },
    });
  });
});

test("what waits for another still does, and what is read or of SST alone is not made", () => {
  const waiting = {
    ...queue("Wake"),
    dependsOn: [
      "aws:sqs/queue:Queue::WakeDead",
      "sst:aws:Queue::Dead",
      "aws:sqs/queue:Queue::There",
    ],
  };
  const there = { ...queue("There"), read: true } as const;
  const component = { type: "sst:aws:Queue", name: "Dead", inputs: {} };
  expect(exported(waiting, queue("WakeDead"), there, component)).toEqual({
    aws_sqs_queue: { Wake: { depends_on: ["aws_sqs_queue.WakeDead"] }, WakeDead: {} },
  });
});

test("a recording tells what waits for what, and where the code lies", () => {
  const { resources } = readDeployment("test");
  const named = new Map(resources.map((each) => [`${each.type}::${each.name}`, each]));
  const api = named.get("aws:lambda/function:Function::ApiFunction");
  expect(api?.dependsOn).toContain("aws:iam/role:Role::ApiRole");
  expect(named.get("aws:s3/bucketObjectv2:BucketObjectv2::ApiCode")?.inputs).toMatchObject({
    source: { path: expect.stringMatching(/\.zip$/) as string },
  });
});
