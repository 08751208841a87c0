import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createSqsClient } from "@berth/aws/clients";
import { createQueues } from "@berth/aws/create-queues";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { FUNCTIONS, type FunctionName } from "@berth/functions/function-limits";
import { type DataDirectory, dataDirectory, makeDataDirectory } from "@berth/local/data-directory";
import { startDynamoDB } from "@berth/local/embedded/dynamodb-server";
import { socketClientConfig } from "@berth/local/embedded/socket-client";
import { startSqs } from "@berth/local/embedded/sqs-server";
import { bundleFunctions } from "@berth/local/lambda/bundle-functions";
import { functionPool } from "@berth/local/lambda/process-handlers";
import { startServiceGateway } from "@berth/local/lambda/service-gateway";
import { toAttributes } from "@berth/store/dynamodb/item-format";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { aLedger } from "@berth/testing/builders";
import { format, say, seconds, spreadOf } from "./statistics.ts";

const RUNS = 7;
const credentials = { accessKeyId: "AKIABENCH00000000000", secretAccessKey: "bench" };
const scope = { region: "us-east-1", account: "000000000000" };
const identity = { region: scope.region, credentials };

/** The smallest thing that a function is asked on AWS. All but the API ask the database. */
function smallEvent(name: FunctionName): unknown {
  if (name === "sweep") return {};
  if (name === "api" || name === "reference") {
    const http = { method: "GET" };
    const rawPath = name === "api" ? "/healthz" : "/reference";
    return { rawPath, headers: {}, requestContext: { requestId: "r", http } };
  }
  if (name === "agent-socket") {
    return { requestContext: { routeKey: "$disconnect", connectionId: "unknown" } };
  }
  if (name === "instance-events") {
    return {
      source: "aws.ec2",
      "detail-type": "EC2 Instance State-change Notification",
      time: "2026-11-20T12:34:56Z",
      detail: { "instance-id": "i-0123456789abcdef0", state: "terminated" },
    };
  }
  if (name === "change-events") return { Records: [aChange()] };
  const body = JSON.stringify({ kind: "service", cluster: "default", service: "unknown" });
  return { Records: [{ messageId: "m", body, attributes: { MessageGroupId: "g" } }] };
}

/** Of an instance that nobody knows: the database is asked, and there is nothing to tell. */
function aChange(): unknown {
  const key = { pk: "ledgers#default#00", sk: aLedger().id };
  return {
    eventName: "INSERT",
    dynamodb: {
      SequenceNumber: "1",
      ApproximateCreationDateTime: 1_700_000_000,
      NewImage: toAttributes({ ...aLedger(), ...key, version: 1 }, 1),
    },
  };
}

/** The embedded services behind one endpoint, as functions see them. */
async function startServices(directory: DataDirectory) {
  const dynamodb = await startDynamoDB(directory.dynamodb, directory.dynamodbSocket);
  const sqs = await startSqs(directory.sqsSocket);
  const database = new DynamoDBClient(socketClientConfig(directory.dynamodbSocket, identity));
  await ensureTable(database, "berth");
  const queues = createSqsClient(socketClientConfig(directory.sqsSocket, identity));
  const gateway = await startServiceGateway({ ...directory, credentials });
  return {
    queueUrls: await createQueues(queues, "berth"),
    servicesEndpoint: gateway.endpoint,
    stop: async () => {
      database.destroy();
      queues.destroy();
      for (const server of [dynamodb, gateway.server]) {
        server.close();
        server.closeAllConnections();
      }
      await sqs.close();
    },
  };
}

/** Seconds that the import of a bundle takes in a new process, without the start of Node. */
async function importSeconds(path: string, env: Readonly<Record<string, string>>): Promise<number> {
  const script = `const start = performance.now(); await import(${JSON.stringify(path)}); console.log(performance.now() - start); process.exit()`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", script],
    { env: { ...env } },
  );
  return Number(stdout) / 1000;
}

async function repeated(measure: () => Promise<number>): Promise<string> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push((await measure()) * 1000);
  return format(spreadOf(times), "ms");
}

/** Sizes of the bundles, what their import takes, and a function's first and later answers. */
export async function benchLambda(): Promise<void> {
  const directory = dataDirectory(mkdtempSync(join(tmpdir(), "berth-lambda-")));
  makeDataDirectory(directory);
  const bundles = await bundleFunctions(directory.functions);
  const services = await startServices(directory);
  const host = {
    directory,
    port: 1,
    scope,
    credentials,
    settings: { ...DEFAULT_SETTINGS, agentEndpoint: "http://127.0.0.1:1/" },
    sweepIntervalMs: 60_000,
    functions: "bundles",
    tableShards: 1,
    join: { installation: "127.0.0.1:1", stsEndpoint: "http://127.0.0.1:1", instanceRoles: [] },
  } as const;
  for (const name of FUNCTIONS) {
    const { path, bytes } = bundles[name];
    const [cold, warm] = [true, false].map((alwaysCold) =>
      functionPool(name, { host, bundles, ...services, alwaysCold }),
    );
    const ask = async (pool = cold) => seconds(async () => pool?.invoke(smallEvent(name)));
    const zipped = gzipSync(readFileSync(path)).length;
    await ask(warm);
    say(
      `Function ${name}`,
      `bundle        ${(bytes / 1024).toFixed(0)} KiB, ${(zipped / 1024).toFixed(0)} KiB zipped`,
      `import        ${await repeated(async () => importSeconds(path, warm?.env ?? {}))}`,
      `first answer  ${await repeated(async () => ask(cold))} (start of the process included)`,
      `later answer  ${await repeated(async () => ask(warm))}`,
    );
    cold?.close();
    warm?.close();
  }
  await services.stop();
  rmSync(directory.root, { recursive: true, force: true });
}
