import http from "node:http";
import https from "node:https";
import { defined } from "@berth/domain/defined";
import type { ConfigReader } from "./config-reader.ts";

/** URLs, and hosts that are asked directly. */
export interface ProxyConfig {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy: string;
}

/** The machine's own: its metadata service and the endpoints of tasks. */
const NEVER_PROXIED = ["169.254.169.254", "169.254.170.2", "127.0.0.1", "localhost"];

/** `HTTP_PROXY` is for HTTPS too, as the ECS developer guide has it, unless there is another for that. */
export function readProxy(read: ConfigReader): { readonly proxy?: ProxyConfig } {
  const httpProxy = readUrl(read, "HTTP_PROXY");
  const httpsProxy = readUrl(read, "HTTPS_PROXY") ?? httpProxy;
  if (httpsProxy === undefined) return {};
  const noProxy = [read.text("NO_PROXY"), ...NEVER_PROXIED].filter(Boolean).join(",");
  return { proxy: { ...defined({ httpProxy, httpsProxy }), noProxy } };
}

function readUrl(read: ConfigReader, key: string): string | undefined {
  const given = read.matching(key, "must be the host and port of a proxy, or its URL", (text) =>
    /^https?:$/.test(URL.parse(withScheme(text))?.protocol ?? ""),
  );
  return given === undefined ? undefined : withScheme(given);
}

const withScheme = (proxy: string): string => (proxy.includes("://") ? proxy : `http://${proxy}`);

/** Of this process: whatever it asks. */
let isInUse = false;

/** Has all requests of this process go by the proxy, but those on Unix sockets. */
export function useProxy({ httpProxy, httpsProxy, noProxy }: ProxyConfig): void {
  http.setGlobalProxyFromEnv({
    ...defined({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy }),
    NO_PROXY: noProxy,
  });
  isInUse = true;
}

/** For the SDK's clients, which otherwise have agents of their own. */
export const proxiedAgents = () =>
  isInUse ? { httpAgent: http.globalAgent, httpsAgent: https.globalAgent } : {};

/** For sockets, which otherwise have none. */
export const socketAgent = ({ protocol }: URL): { readonly agent?: http.Agent } =>
  isInUse ? { agent: (protocol === "wss:" ? https : http).globalAgent } : {};
