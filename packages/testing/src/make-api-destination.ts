import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  type EventBridgeClient,
} from "@aws-sdk/client-eventbridge";

/** Makes a connection that shows the key `s3cret`, and an API destination with it. @returns its ARN */
export async function makeApiDestination(
  eventBridge: EventBridgeClient,
  { name = "hook", url = "http://127.0.0.1:9/" } = {},
): Promise<string> {
  const { ConnectionArn } = await eventBridge.send(
    new CreateConnectionCommand({
      Name: name,
      AuthorizationType: "API_KEY",
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "s3cret" } },
    }),
  );
  const { ApiDestinationArn = "" } = await eventBridge.send(
    new CreateApiDestinationCommand({
      Name: name,
      ConnectionArn,
      InvocationEndpoint: url,
      HttpMethod: "POST",
    }),
  );
  return ApiDestinationArn;
}
