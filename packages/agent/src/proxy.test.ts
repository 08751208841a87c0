import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { ConfigReader } from "./config-reader.ts";
import { readProxy } from "./proxy.ts";

const OWN = "169.254.169.254,169.254.170.2,127.0.0.1,localhost";

describe("readProxy", () => {
  test.each([
    [{}, undefined],
    [{ NO_PROXY: "a" }, undefined],
    [
      { HTTP_PROXY: "10.0.0.1:3128" },
      { httpProxy: "http://10.0.0.1:3128", httpsProxy: "http://10.0.0.1:3128", noProxy: OWN },
    ],
    [
      { HTTP_PROXY: "http://a:1", HTTPS_PROXY: "https://b:2", NO_PROXY: ".internal" },
      { httpProxy: "http://a:1", httpsProxy: "https://b:2", noProxy: `.internal,${OWN}` },
    ],
    [{ HTTPS_PROXY: "b:2" }, { httpsProxy: "http://b:2", noProxy: OWN }],
  ])("%j is %j", (settings, expected) => {
    expect(readProxy(new ConfigReader(settings)).proxy).toEqual(expected);
  });

  test("names what is no proxy", () => {
    const read = new ConfigReader({ HTTP_PROXY: "ftp://a" });
    expect(readProxy(read)).toEqual({});
    expect(read.problems).toEqual(["HTTP_PROXY must be the host and port of a proxy, or its URL"]);
  });
});

/** Asks by the API's client, by a socket and by fetch, in a process of its own: what is global stays there. */
const PROGRAM = `
  import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
  import { proxiedAgents, useProxy } from "./packages/agent/src/proxy.ts";
  import { openSocket } from "./packages/agent/src/session/socket.ts";
  const [proxy] = process.argv.slice(1);
  useProxy({ httpsProxy: proxy, noProxy: "direct.invalid" });
  const api = new ECSClient({
    endpoint: "https://api.invalid", region: "eu-central-1", maxAttempts: 1,
    credentials: { accessKeyId: "a", secretAccessKey: "b" }, requestHandler: proxiedAgents(),
  });
  const failed = () => undefined;
  await api.send(new ListClustersCommand({})).catch(failed);
  await fetch("https://join.invalid").catch(failed);
  await fetch("https://direct.invalid").catch(failed);
  await openSocket(new URL("wss://socket.invalid"), async () => ({})).catch(failed);
  process.exit(0);
`;

test("all that the agent asks goes by the proxy, but for those whom it is to ask directly", async () => {
  const tunnels: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    tunnels.push(request.url ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const node = ["--input-type=module", "--eval", PROGRAM, `http://127.0.0.1:${port}`];
  const child = spawn(process.execPath, node, { stdio: ["ignore", "ignore", "pipe"] });
  const [errors] = await Promise.all([text(child.stderr), once(child, "exit")]);
  proxy.close();
  expect(errors).toBe("");
  expect(tunnels).toEqual(["api.invalid:443", "join.invalid:443", "socket.invalid:443"]);
});
