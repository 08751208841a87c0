/**
 * The embedded SQS as a program: `node sqs-program.ts SOCKET`. Keeps its messages in memory: the
 * sweep sends again what is lost with them.
 */
import { startSqs } from "./sqs-server.ts";

const [, , socketPath] = process.argv;
if (!socketPath) throw new Error("Usage: sqs-program.ts SOCKET");

const server = await startSqs(socketPath);
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
process.send?.({ kind: "ready" });
