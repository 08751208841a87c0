import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Channel } from "@berth/contracts/stream/channel";
import type { StreamTicket } from "@berth/contracts/rest/streams";
import { ClientStream } from "../streams/client-stream.ts";
import { runningTasks } from "../streams/service-tasks.ts";
import { stopOnInterrupt } from "../streams/stop-on-interrupt.ts";
import { clusterOf, streamPath } from "../streams/task-path.ts";
import { writeAll } from "../streams/write-all.ts";
import type { Subject } from "../why-subject.ts";
import { type Berth, type RestOptions, say, withBerth } from "../with-berth.ts";

export interface PortForwardOptions extends RestOptions {
  readonly cluster?: string;
  readonly container?: string;
}

/** Which port of this machine leads to which of the container. */
export interface Ports {
  /** 0: any that is free. */
  readonly local: number;
  readonly remote: number;
}

/** Nobody else on the network is led into the container. */
const LOOPBACK = "127.0.0.1";

/** `berth port-forward`: until the session ends, or Ctrl-C does. Returns the exit code. */
export async function portForward(
  subject: Subject,
  ports: Ports,
  options: PortForwardOptions,
): Promise<number> {
  return withBerth(options, async (berth) => {
    const cluster = clusterOf(subject, options);
    const task = await taskOf(berth, cluster, subject);
    const server = createServer({ allowHalfOpen: true });
    server.listen(ports.local, LOOPBACK);
    await once(server, "listening");
    try {
      await serve(berth, { cluster, task, server, port: ports.remote }, options);
    } finally {
      server.close();
    }
  });
}

/** Of a service the first one that runs. */
async function taskOf(berth: Berth, cluster: string, { kind, name }: Subject): Promise<string> {
  if (kind === "task") return name;
  const [task] = await runningTasks(berth, cluster, name);
  if (task === undefined) throw new Error(`Service ${name} has no task that runs.`);
  return task;
}

interface Forwarding {
  readonly cluster: string;
  readonly task: string;
  readonly server: Server;
  readonly port: number;
}

async function serve(
  berth: Berth,
  { cluster, task, server, port }: Forwarding,
  options: PortForwardOptions,
): Promise<void> {
  const { container } = options;
  const ticket = (await berth("POST", streamPath("port-forward", task, cluster), {
    port,
    ...(container !== undefined && { container }),
  })) as StreamTicket;
  const stream = await ClientStream.open(ticket);
  const { port: local } = server.address() as AddressInfo;
  const told = { address: LOOPBACK, port: local, task, remotePort: port };
  say(options, told, `${LOOPBACK}:${local} leads to port ${port} of task ${task}.`);
  let opened = 0;
  server.on("connection", (socket) => {
    opened += 1;
    void carry(socket, stream.link.open(opened));
  });
  const isOver = stopOnInterrupt(stream);
  try {
    const { reason } = await stream.closed;
    if (reason !== undefined) throw new Error(reason);
  } finally {
    isOver();
    stream.end();
  }
}

/** One connection, both ways, until either side is done or broken. */
async function carry(socket: Socket, channel: Channel): Promise<void> {
  socket.on("error", ({ message }) => channel.reset(message));
  const there = async () => {
    for await (const piece of socket as AsyncIterable<Buffer>) await channel.write(piece);
    channel.end();
  };
  const back = async () => {
    for await (const piece of channel) await writeAll(socket, piece);
    socket.end();
  };
  try {
    await Promise.all([there(), back()]);
  } catch (error) {
    channel.reset((error as Error).message);
    process.stderr.write(`berth: a connection broke: ${(error as Error).message}\n`);
  } finally {
    socket.destroy();
  }
}
