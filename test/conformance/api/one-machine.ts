import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECSClient } from "@aws-sdk/client-ecs";
import { type AgentConfig, readConfig } from "@berth/agent/config";
import type { RootCredentials } from "@berth/contracts/local/installation";
import { dataDirectory, makeDataDirectory, removeDataDirectory } from "@berth/local/data-directory";
import { startDynamoDB } from "@berth/local/embedded/dynamodb-server";
import { startSqs } from "@berth/local/embedded/sqs-server";
import { startHost } from "@berth/local/host";
import { hostOptions } from "@berth/local/host-options";
import { checkAnswers } from "@berth/testing/check-answers";

const REGION = "us-east-1";

export interface RootEndpoint extends RootCredentials {
  readonly url: string;
  readonly region: string;
}

/** The control plane of one machine in this process: HTTP, WebSockets, queues and table as they are. */
export interface OneMachine {
  readonly ecs: ECSClient;
  readonly url: string;
  /** Where it is and the key that may do anything. */
  readonly endpoint: RootEndpoint;
  /** The configuration of an agent for it, out of what an ecs.config would say. */
  agentConfig(settings: Readonly<Record<string, string>>): AgentConfig;
  stop(): Promise<void>;
}

/** @param env Settings of the control plane by the names of their variables, where they are to differ. */
export async function startOneMachine(
  env: Readonly<Record<string, string>> = {},
): Promise<OneMachine> {
  const root = mkdtempSync(join(tmpdir(), "berth-conformance-"));
  const directory = dataDirectory(root);
  makeDataDirectory(directory);
  const [dynamodb, sqs] = await Promise.all([
    startDynamoDB(directory.dynamodb, directory.dynamodbSocket),
    startSqs(directory.sqsSocket),
  ]);
  const port = await freePort();
  const options = hostOptions({
    ...env,
    BERTH_DATA_DIR: root,
    BERTH_PORT: String(port),
    BERTH_REGION: REGION,
    BERTH_ACCOUNT: "000000000000",
  });
  const host = await startHost(options, SILENT);
  const url = `http://127.0.0.1:${port}`;
  const { credentials } = options;
  const ecs = checkAnswers(new ECSClient({ endpoint: url, region: REGION, credentials }));
  return {
    ecs,
    url,
    endpoint: { url, region: REGION, ...credentials },
    agentConfig: (settings) =>
      readConfig(settings, {
        AWS_DEFAULT_REGION: REGION,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ECS_BACKEND_HOST: url,
      }),
    stop: async () => {
      ecs.destroy();
      await host.stop();
      await sqs.close();
      dynamodb.close();
      dynamodb.closeAllConnections();
      await once(dynamodb, "close");
      removeDataDirectory(directory);
    },
  };
}

/** What goes wrong shows in the answers. */
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
