import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { CloudWatchClient, type CloudWatchClientConfig } from "@aws-sdk/client-cloudwatch";
import { EventBridgeClient, type EventBridgeClientConfig } from "@aws-sdk/client-eventbridge";
import { AutoScalingClient, type AutoScalingClientConfig } from "@aws-sdk/client-auto-scaling";
import { KMSClient, type KMSClientConfig } from "@aws-sdk/client-kms";
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";

/** Connections are kept: a handshake costs more than a message. Times in ms. */
const TRANSPORT = {
  connectionTimeout: 1000,
  requestTimeout: 5000,
  throwOnRequestTimeout: true,
  httpAgent: { keepAlive: true, maxSockets: 128 },
  httpsAgent: { keepAlive: true, maxSockets: 128 },
};

/** For sending. A poller that waits for messages needs a longer `requestTimeout`. */
export function createSqsClient(config: SQSClientConfig): SQSClient {
  return new SQSClient({
    requestHandler: TRANSPORT,
    // TLS and TCP check the bytes already; SQS's own check costs two hashes a message.
    md5: false,
    // A queue URL names the host that an emulator believes it has.
    useQueueUrlAsEndpoint: config.endpoint === undefined,
    ...config,
  });
}

export function createAutoScalingClient(config: AutoScalingClientConfig): AutoScalingClient {
  return new AutoScalingClient({ requestHandler: TRANSPORT, ...config });
}

/** A service waits for it, and can do without: it is asked once more and not for long. */
export function createCloudWatchClient(config: CloudWatchClientConfig): CloudWatchClient {
  return new CloudWatchClient({
    requestHandler: { ...TRANSPORT, requestTimeout: 2000 },
    maxAttempts: 2,
    ...config,
  });
}

export function createKmsClient(config: KMSClientConfig): KMSClient {
  return new KMSClient({ requestHandler: TRANSPORT, ...config });
}

export function createStsClient(config: STSClientConfig): STSClient {
  return new STSClient({ requestHandler: TRANSPORT, ...config });
}

export function createConnectionsClient(
  config: ApiGatewayManagementApiClientConfig,
): ApiGatewayManagementApiClient {
  return new ApiGatewayManagementApiClient({ requestHandler: TRANSPORT, ...config });
}

export function createEventBridgeClient(config: EventBridgeClientConfig): EventBridgeClient {
  return new EventBridgeClient({ requestHandler: TRANSPORT, ...config });
}
