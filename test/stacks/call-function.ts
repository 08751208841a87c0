import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { FunctionName } from "@berth/functions/function-limits";
import { bundleOf } from "./bundle-functions.ts";

/** Prints, behind all that the handler prints, what it answers to the event that it is given. */
const CALL = `
  const [bundle, event] = process.argv.slice(1);
  const { handler } = await import(bundle);
  const answer = await handler(JSON.parse(event), { functionName: "f", awsRequestId: "r" });
  process.stdout.write("\\n" + JSON.stringify(answer ?? null));
`;

export interface Called {
  readonly answer: unknown;
  /** What it wrote: the lines of its log. */
  readonly log: readonly string[];
}

/** Calls a function's bundle in a process of its own, with the function's environment and no other. */
export async function callFunction(
  entry: FunctionName,
  variables: Readonly<Record<string, string>>,
  event: unknown,
): Promise<Called> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", CALL, pathToFileURL(bundleOf(entry)).href, JSON.stringify(event)],
    { env: variables },
  );
  const lines = stdout.split("\n");
  return { answer: JSON.parse(lines.at(-1) ?? ""), log: lines.slice(0, -1) };
}

/** The status of the API's answer to a request that nobody signed. */
export async function callWithoutSignature(
  variables: Readonly<Record<string, string>>,
  method: string,
  path: string,
): Promise<number> {
  const { answer } = await callFunction("api", variables, {
    rawPath: path,
    rawQueryString: "",
    headers: {
      host: "api.invalid",
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListTasks",
    },
    requestContext: { requestId: "r", http: { method, path } },
    body: "{}",
  });
  return (answer as { readonly statusCode: number }).statusCode;
}
