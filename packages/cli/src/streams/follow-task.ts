import type { Channel } from "@berth/contracts/stream/channel";
import { STREAM_EXPIRED } from "@berth/contracts/stream/frames";
import { OutputReader } from "@berth/contracts/stream/output-record";
import type { StreamTicket } from "@berth/contracts/rest/streams";
import type { Berth } from "../with-berth.ts";
import { ClientStream } from "./client-stream.ts";
import { LogPrinter } from "./log-printer.ts";
import { stopOnInterrupt } from "./stop-on-interrupt.ts";
import { streamPath } from "./task-path.ts";

export interface LogsWanted {
  readonly cluster: string;
  readonly container?: string;
  readonly follow: boolean;
  readonly tail?: number;
  /** ISO 8601. */
  readonly since?: string;
  readonly timestamps: boolean;
}

export interface TaskLogs {
  readonly task: string;
  /** Before the lines of a container. */
  readonly prefixOf: (container: string) => string;
}

/** How far each container's log was printed: the time of its latest line. */
type Places = Map<string, string>;

/**
 * Prints what a task writes, to its end where it is followed: over as many sessions as that takes.
 *
 * @throws Error that says what ended it before
 */
export async function followTask(berth: Berth, of: TaskLogs, wanted: LogsWanted): Promise<void> {
  const places: Places = new Map();
  for (let next: LogsWanted | undefined = wanted; next;) {
    const outcome = await followOnce(berth, of, next, places);
    next = outcome === "expired" ? goingOn(wanted, places) : undefined;
  }
}

/** From where the container was that had come least far. The others' lines are known by their times. */
function goingOn(wanted: LogsWanted, places: Places): LogsWanted {
  const [since] = [...places.values()].toSorted();
  if (since === undefined) return wanted;
  const { tail: _, ...others } = wanted;
  return { ...others, since: new Date(since).toISOString() };
}

async function followOnce(
  berth: Berth,
  of: TaskLogs,
  wanted: LogsWanted,
  places: Places,
): Promise<"done" | "expired"> {
  const { cluster, follow, container, tail, since } = wanted;
  const ticket = (await berth("POST", streamPath("logs", of.task, cluster), {
    follow,
    ...(container !== undefined && { container }),
    ...(tail !== undefined && { tail }),
    ...(since !== undefined && { since }),
  })) as StreamTicket;
  const printing: Promise<void>[] = [];
  const stream = await ClientStream.open(ticket, {
    onOpen: (channel) => {
      const name = channel.container ?? "";
      const format = { prefix: of.prefixOf(name), timestamps: wanted.timestamps };
      const printer = new LogPrinter({ ...format, after: places.get(name) }, process);
      printing.push(print(channel, printer).finally(() => keepPlace(places, name, printer)));
    },
  });
  const isOver = stopOnInterrupt(stream);
  try {
    const { reason } = await stream.closed;
    await Promise.all(printing);
    if (reason !== undefined) throw new Error(reason);
    return "done";
  } catch (error) {
    await Promise.allSettled(printing);
    if ((error as Error).message === STREAM_EXPIRED) return "expired";
    throw error;
  } finally {
    isOver();
    stream.end();
  }
}

function keepPlace(places: Places, container: string, { latest }: LogPrinter): void {
  if (latest !== undefined) places.set(container, latest);
}

async function print(channel: Channel, printer: LogPrinter): Promise<void> {
  const reader = new OutputReader();
  try {
    for await (const piece of channel) await printer.print(reader.read(piece));
  } finally {
    await printer.finish();
  }
}
