import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { bundleOf } from "./bundle-functions.ts";

/** Prints the status of the answer to the event that it is given. */
const CALL = `
  const [bundle, event] = process.argv.slice(1);
  const { handler } = await import(bundle);
  const { statusCode } = await handler(JSON.parse(event), { functionName: "api", awsRequestId: "r" });
  process.stdout.write("status " + statusCode);
`;

/** Calls the API's bundle in a process of its own, with the function's environment and no other. */
export async function callWithoutSignature(
  variables: Readonly<Record<string, string>>,
  method: string,
  path: string,
): Promise<number> {
  const event = {
    rawPath: path,
    rawQueryString: "",
    headers: {
      host: "api.invalid",
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListTasks",
    },
    requestContext: { requestId: "r", http: { method, path } },
    body: "{}",
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", CALL, pathToFileURL(bundleOf("api")).href, JSON.stringify(event)],
    { env: variables },
  );
  return Number(/status (\d+)$/.exec(stdout)?.[1]);
}
