/**
 * The embedded DynamoDB as a program: `node dynamodb-program.ts DATA_DIRECTORY SOCKET`. At SIGUSR2 it
 * throttles everything for a moment, as a table does whose partition is too busy.
 */
import { startDynamoDB } from "./dynamodb-server.ts";

const [, , dataPath, socketPath] = process.argv;
if (!dataPath || !socketPath) throw new Error("Usage: dynamodb-program.ts DATA_DIRECTORY SOCKET");

const BURST_MS = 1_000;

let throttledUntil = 0;
process.on("SIGUSR2", () => {
  throttledUntil = Date.now() + BURST_MS;
});

const isThrottled = () => Date.now() < throttledUntil;
const server = await startDynamoDB(dataPath, socketPath, isThrottled);
process.once("SIGTERM", () => server.close(() => process.exit(0)));
process.send?.({ kind: "ready" });
