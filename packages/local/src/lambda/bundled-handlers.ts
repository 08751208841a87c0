import type { QueueUrls } from "@berth/aws/create-queues";
import type { Handlers } from "../handlers.ts";
import type { HostOptions } from "../host-options.ts";
import { bundleFunctions } from "./bundle-functions.ts";
import { startProcessHandlers } from "./process-handlers.ts";
import { startServiceGateway } from "./service-gateway.ts";

/** Bundles the functions, and runs the bundles against the embedded services. */
export async function startBundledHandlers(
  options: HostOptions,
  queueUrls: QueueUrls,
): Promise<{ readonly handlers: Handlers; readonly close: () => void }> {
  const { directory, credentials } = options;
  const [bundles, gateway] = await Promise.all([
    bundleFunctions(directory.functions),
    startServiceGateway({ ...directory, credentials }),
  ]);
  const handlers = startProcessHandlers({
    host: options,
    bundles,
    queueUrls,
    servicesEndpoint: gateway.endpoint,
    alwaysCold: options.functions === "cold-bundles",
  });
  return {
    handlers,
    close: () => {
      handlers.close();
      gateway.server.close();
      gateway.server.closeAllConnections();
    },
  };
}
