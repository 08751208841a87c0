/**
 * The embedded DynamoDB as a program: `node dynamodb-program.ts DATA_DIRECTORY SOCKET`.
 */
import { startDynamoDB } from "./dynamodb-server.ts";

const [, , dataPath, socketPath] = process.argv;
if (!dataPath || !socketPath) throw new Error("Usage: dynamodb-program.ts DATA_DIRECTORY SOCKET");

const server = await startDynamoDB(dataPath, socketPath);
process.once("SIGTERM", () => server.close(() => process.exit(0)));
process.send?.({ kind: "ready" });
