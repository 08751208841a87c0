import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  type CreateConnectionCommandInput,
  DeleteApiDestinationCommand,
  DeleteConnectionCommand,
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
  ListApiDestinationsCommand,
  ListConnectionsCommand,
  UpdateApiDestinationCommand,
  UpdateConnectionCommand,
} from "@aws-sdk/client-eventbridge";
import { makeApiDestination } from "@berth/testing/make-api-destination";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RuleServer, serveRules } from "../../testing/rule-server.ts";

let server: RuleServer;
beforeEach(async () => {
  server = await serveRules();
});
afterEach(() => server.close());

const ACCOUNT = "arn:aws:events:us-east-1:000000000000";
const BASIC: CreateConnectionCommandInput = {
  Name: "basic",
  AuthorizationType: "BASIC",
  AuthParameters: {
    BasicAuthParameters: { Username: "me", Password: "s3cret" },
    InvocationHttpParameters: {
      HeaderParameters: [
        { Key: "X-Open", Value: "shown", IsValueSecret: false },
        { Key: "X-Hidden", Value: "s3cret", IsValueSecret: true },
      ],
    },
  },
};

const create = async (input: Partial<CreateConnectionCommandInput>) =>
  server.eventBridge.send(
    new CreateConnectionCommand({
      Name: "c",
      AuthorizationType: "BASIC",
      AuthParameters: {},
      ...input,
    }),
  );
const describeConnection = async (Name: string) =>
  server.eventBridge.send(new DescribeConnectionCommand({ Name }));

describe("a connection", () => {
  test("never says its secrets again", async () => {
    const created = await create(BASIC);
    expect(created).toMatchObject({
      ConnectionArn: `${ACCOUNT}:connection/basic/id-1`,
      ConnectionState: "AUTHORIZED",
      CreationTime: expect.any(Date) as Date,
    });
    const shown = await describeConnection("basic");
    expect(shown).toMatchObject({
      Name: "basic",
      AuthorizationType: "BASIC",
      AuthParameters: {
        BasicAuthParameters: { Username: "me" },
        InvocationHttpParameters: {
          HeaderParameters: [
            { Key: "X-Open", Value: "shown", IsValueSecret: false },
            { Key: "X-Hidden", IsValueSecret: true },
          ],
        },
      },
    });
    const listed = await server.eventBridge.send(new ListConnectionsCommand({}));
    expect(JSON.stringify([shown, listed])).not.toContain("s3cret");
    expect(listed.Connections).toMatchObject([{ Name: "basic" }]);
  });

  test("shows no parameters that it was not given: Terraform would see a change", async () => {
    await makeApiDestination(server.eventBridge);
    const { AuthParameters } = await describeConnection("hook");
    expect(AuthParameters).toEqual({ ApiKeyAuthParameters: { ApiKeyName: "X-Key" } });
  });

  test("is updated by what is said, and keeps the rest", async () => {
    await create(BASIC);
    await server.eventBridge.send(
      new UpdateConnectionCommand({
        Name: "basic",
        Description: "new",
        AuthParameters: { BasicAuthParameters: { Username: "you" } },
      }),
    );
    expect(server.readAgain().connections.get("basic")).toMatchObject({
      description: "new",
      authParameters: {
        ...BASIC.AuthParameters,
        BasicAuthParameters: { Username: "you", Password: "s3cret" },
      },
    });
  });

  test("is deleted, and its API destinations are inactive then", async () => {
    await makeApiDestination(server.eventBridge);
    await server.eventBridge.send(new DeleteConnectionCommand({ Name: "hook" }));
    await expect(describeConnection("hook")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Failed to describe the connection(s). Connection 'hook' does not exist.",
    });
    expect(
      await server.eventBridge.send(new DescribeApiDestinationCommand({ Name: "hook" })),
    ).toMatchObject({ ApiDestinationState: "INACTIVE" });
  });

  test.each<[string, Partial<CreateConnectionCommandInput>, string]>([
    [
      "of OAuth",
      { AuthorizationType: "OAUTH_CLIENT_CREDENTIALS" },
      "The EventBridge of one machine knows BASIC and API_KEY only.",
    ],
    ["without what its type wants", {}, "BasicAuthParameters must be specified whole"],
    [
      "with half of it",
      { AuthParameters: { BasicAuthParameters: { Username: "me" } as never } },
      "BasicAuthParameters must be specified whole",
    ],
    [
      "with the key of another type",
      { AuthorizationType: "API_KEY", AuthParameters: BASIC.AuthParameters },
      "ApiKeyAuthParameters must be specified whole",
    ],
    [
      "with a key in a header that is none",
      {
        AuthorizationType: "API_KEY",
        AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "a b", ApiKeyValue: "s3cret" } },
      },
      "a b is no name for a header.",
    ],
    [
      "with a key that no header can have",
      {
        AuthorizationType: "API_KEY",
        AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "s3cret\n" } },
      },
      "The header X-Key has a value that no header can have.",
    ],
    [
      "with a secret that is too long",
      {
        AuthParameters: {
          BasicAuthParameters: { Username: "me", Password: "s3cret".repeat(100) },
        },
      },
      "Value '***' at 'authParameters.basicAuthParameters.password' failed to satisfy constraint: Member must have length less than or equal to 512",
    ],
  ])("%s is refused, and its secret not said", async (_, input, message) => {
    const refusal = (await create(input).catch((error: unknown) => error)) as Error;
    expect(refusal).toMatchObject({ name: "ValidationException" });
    expect(refusal.message).toContain(message);
    expect(refusal.message).not.toContain("s3cret");
    expect(server.readAgain().connections.size).toBe(0);
  });

  test("has its name alone", async () => {
    await makeApiDestination(server.eventBridge);
    await expect(makeApiDestination(server.eventBridge)).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "Connection hook already exists.",
    });
  });
});

describe("an API destination", () => {
  test("is described as it was made and updated", async () => {
    const ApiDestinationArn = await makeApiDestination(server.eventBridge, {
      url: "https://example.com/hooks/*",
    });
    await server.eventBridge.send(
      new UpdateApiDestinationCommand({ Name: "hook", HttpMethod: "PUT", Description: "d" }),
    );
    const described = await server.eventBridge.send(
      new DescribeApiDestinationCommand({ Name: "hook" }),
    );
    expect(described).toMatchObject({
      ApiDestinationArn,
      Name: "hook",
      Description: "d",
      ApiDestinationState: "ACTIVE",
      ConnectionArn: `${ACCOUNT}:connection/hook/id-1`,
      InvocationEndpoint: "https://example.com/hooks/*",
      HttpMethod: "PUT",
      InvocationRateLimitPerSecond: 300,
    });
    const { ApiDestinations } = await server.eventBridge.send(
      new ListApiDestinationsCommand({ ConnectionArn: described.ConnectionArn }),
    );
    expect(ApiDestinations).toMatchObject([{ Name: "hook", ApiDestinationArn }]);
    await server.eventBridge.send(new DeleteApiDestinationCommand({ Name: "hook" }));
    await expect(
      server.eventBridge.send(new DeleteApiDestinationCommand({ Name: "hook" })),
    ).rejects.toMatchObject({
      message: "Failed to delete the api-destination(s). An api-destination 'hook' does not exist.",
    });
  });

  test.each([
    "ftp://example.com/",
    "example.com",
    "http://example.com/",
    "http://10.0.0.1/",
    "http://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://2852039166/",
    "https://me@example.com/",
  ])("is not made for %s", async (url) => {
    await expect(makeApiDestination(server.eventBridge, { url })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(
        /^Parameter InvocationEndpoint is not valid\. Reason: It must/,
      ) as string,
    });
    expect(server.readAgain().apiDestinations.size).toBe(0);
  });

  test.each([
    "http://localhost:8080/x",
    "http://[::1]:1/",
    "https://10.0.0.1/",
    "http://127.9.9.9/",
  ])("is made for %s", async (url) => {
    await makeApiDestination(server.eventBridge, { url });
    expect(server.readAgain().apiDestinations.size).toBe(1);
  });

  test("needs a connection that is there", async () => {
    await expect(
      server.eventBridge.send(
        new CreateApiDestinationCommand({
          Name: "hook",
          ConnectionArn: `${ACCOUNT}:connection/gone/id-1`,
          InvocationEndpoint: "https://example.com/",
          HttpMethod: "POST",
        }),
      ),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
