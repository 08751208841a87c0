import type { EdgeParts } from "./edge.ts";

/** Beside those that `npm start` gives its own instances, from 127.0.1.1 on. */
const AGENT_ADDRESS = "127.0.1.100";

/** Tabs of `sst dev`: a Berth on this machine alone, and an instance for the stage's own cluster. */
export function devTabs({ accessKeys }: EdgeParts, httpApi: sst.aws.ApiGatewayV2): void {
  if (!$dev) return;
  new sst.x.DevCommand("OneMachine", {
    // For who asks for it: it takes a port and three instances' worth of containers.
    dev: { title: "One machine", command: "npm start", autostart: false },
  });
  new sst.x.DevCommand("Agent", {
    // Its configuration is the environment. No cluster is named, so that it makes `default`.
    dev: { title: "Agent", command: "npx berth agent --config /dev/null" },
    environment: $util
      .all([httpApi.url, aws.getRegionOutput().region, accessKeys])
      .apply(([endpoint, region, keys]) => ({
        ECS_BACKEND_HOST: endpoint,
        AWS_DEFAULT_REGION: region,
        ECS_DATADIR: `.sst/agent-${$app.stage}`,
        BERTH_HOST_ADDRESS: AGENT_ADDRESS,
        ...firstKeyOf(keys),
      })),
  });
}

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

function firstKeyOf(keys: string): Readonly<Record<string, string>> {
  const [key] = JSON.parse(keys) as readonly AccessKey[];
  if (!key) throw new Error("The secret AccessKeys holds no key for the agent of `sst dev`.");
  return {
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    // The developer's own would be sent along.
    AWS_SESSION_TOKEN: "",
  };
}
