import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { bundleOf, entryNames } from "../bundle-functions.ts";

interface RpcRequest {
  readonly method: string;
  readonly params: readonly [{ readonly handler?: string }];
}

/** Stands for the SST command, which the components ask for bundles while they run. */
export async function startRpcServer(): Promise<{ url: string; stop(): void }> {
  const server = createServer(async (request, response) => {
    response.end(JSON.stringify(answer((await json(request)) as RpcRequest)));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.close() };
}

function answer({ method, params }: RpcRequest) {
  switch (method) {
    case "Provider.Aws.Bootstrap":
      return { result: { asset: "assets" } };
    case "Provider.Aws.Appsync":
      return { result: { http: "appsync", realtime: "appsync-realtime" } };
    case "Runtime.AddTarget":
      return { result: {} };
    case "Runtime.Build":
      return { result: builtFunction(params[0].handler ?? "") };
    default:
      return { error: `rpc: can't find ${method}` };
  }
}

/** The bundle is there already; a handler that is no entry point has none. */
function builtFunction(handler: string) {
  const entry = entryNames.find(
    (name) => handler === `packages/functions/src/entry/${name}.handler`,
  );
  const bundle = bundleOf(entry ?? "");
  if (!existsSync(bundle)) return { errors: [`No handler ${handler}`] };
  return { out: dirname(bundle), handler: "bundle.handler", errors: [], sourcemaps: [] };
}
