import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { eventually } from "../berth.ts";
import type { Host } from "./host.ts";
import { sh, type Row } from "./row.ts";

/** Where a daemon would listen for what containers log. */
const GELF_PORT = 12_291;
const SYSLOG_PORT = 12_292;
const FLUENTD_PORT = 12_293;

/** What an agent is told so that it takes these rows. */
export const LOGGING_DRIVERS = JSON.stringify(["json-file", "gelf", "syslog", "fluentd"]);

const listeners: (Socket | Server)[] = [];
const heard: string[] = [];

/** What becomes of what a container writes, where the engine is on that machine. */
export const logRows = ({ testAddress }: Host): readonly Row[] => [
  {
    field: "logConfiguration",
    does: "json-file takes its options",
    main: {
      ...sh("echo logged"),
      logConfiguration: {
        logDriver: "json-file",
        options: { "max-size": "1m", "max-file": "2", labels: "team" },
      },
    },
    prints: "logged",
    engine: {
      HostConfig: {
        LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } },
      },
    },
  },
  {
    field: "logConfiguration.options.mode",
    does: "non-blocking has a buffer of a limited size",
    main: {
      ...sh("echo logged"),
      logConfiguration: { logDriver: "json-file", options: { mode: "non-blocking" } },
    },
    prints: "logged",
    engine: {
      HostConfig: { LogConfig: { Config: { mode: "non-blocking", "max-buffer-size": "10m" } } },
    },
  },
  {
    field: "logConfiguration",
    does: "gelf sends to where it is told",
    prepare: () => listen(GELF_PORT),
    main: {
      ...sh("echo by-gelf"),
      logConfiguration: {
        logDriver: "gelf",
        options: { "gelf-address": `udp://${testAddress}:${GELF_PORT}`, tag: "till" },
      },
    },
    look: () => hear(/"short_message":"by-gelf".*"_tag":"till"/s),
  },
  {
    field: "logConfiguration",
    does: "fluentd sends to where it is told",
    prepare: () => accept(FLUENTD_PORT),
    main: {
      ...sh("echo by-fluentd"),
      logConfiguration: {
        logDriver: "fluentd",
        options: { "fluentd-address": `${testAddress}:${FLUENTD_PORT}`, tag: "till" },
      },
    },
    look: () => hear(/till.*by-fluentd/s),
  },
  {
    field: "logConfiguration",
    does: "syslog sends to where it is told",
    prepare: () => listen(SYSLOG_PORT),
    main: {
      ...sh("echo by-syslog"),
      logConfiguration: {
        logDriver: "syslog",
        options: { "syslog-address": `udp://${testAddress}:${SYSLOG_PORT}`, tag: "till" },
      },
    },
    look: () => hear(/till.*by-syslog/),
  },
];

export function stopListening(): void {
  for (const socket of listeners) socket.close();
}

async function listen(port: number): Promise<void> {
  const socket = createSocket("udp4");
  listeners.push(socket);
  socket.on("message", (datagram) => heard.push(textOf(datagram)));
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
}

async function accept(port: number): Promise<void> {
  const server = createServer((connection) =>
    connection.on("data", (bytes) => heard.push(bytes.toString())),
  );
  listeners.push(server);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

const GZIP_MAGIC = 0x1f;

const textOf = (datagram: Buffer): string =>
  (datagram[0] === GZIP_MAGIC ? gunzipSync(datagram) : datagram).toString();

async function hear(text: RegExp): Promise<void> {
  const found = await eventually(`to hear ${text}`, async () =>
    heard.find((each) => text.test(each)),
  );
  expect(found).toMatch(text);
}
