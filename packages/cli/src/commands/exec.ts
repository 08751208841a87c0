import type { Channel } from "@berth/contracts/stream/channel";
import { OutputReader } from "@berth/contracts/stream/output-record";
import type { StreamTicket } from "@berth/contracts/rest/streams";
import { EXIT_CODES } from "@berth/contracts/local/installation";
import { ClientStream } from "../streams/client-stream.ts";
import { endWithReader } from "../streams/end-with-reader.ts";
import { stopOnInterrupt } from "../streams/stop-on-interrupt.ts";
import { clusterOf, streamPath } from "../streams/task-path.ts";
import { withTerminal } from "../streams/terminal.ts";
import { writeAll } from "../streams/write-all.ts";
import type { TargetOptions } from "../target.ts";
import type { Subject } from "../why-subject.ts";
import { withBerth } from "../with-berth.ts";

export interface ExecOptions extends TargetOptions {
  readonly cluster?: string;
  readonly container?: string;
  /** What is typed, or comes in, goes to the program. */
  readonly interactive: boolean;
  readonly tty: boolean;
}

const SHELL = ["/bin/sh"];

/** `berth exec`: a program in a running container. Returns the program's exit code. */
export async function exec(
  task: Subject,
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  if (task.kind !== "task") {
    process.stderr.write("exec leads into one task: its id or ARN is needed.\n");
    return EXIT_CODES.usage;
  }
  endWithReader();
  let exitCode: number = EXIT_CODES.failure;
  const code = await withBerth(options, async (berth) => {
    const { container, tty } = options;
    const path = streamPath("exec", task.name, clusterOf(task, options));
    const ticket = (await berth("POST", path, {
      command: command.length > 0 ? command : SHELL,
      tty,
      ...(container !== undefined && { container }),
    })) as StreamTicket;
    exitCode = await runIn(ticket, options);
  });
  return code === EXIT_CODES.ok ? exitCode : code;
}

async function runIn(ticket: StreamTicket, { interactive, tty }: ExecOptions): Promise<number> {
  const opened = Promise.withResolvers<Channel>();
  const stream = await ClientStream.open(ticket, { onOpen: opened.resolve });
  const isOver = stopOnInterrupt(stream);
  const channel = await Promise.race([opened.promise, stream.closed.then(() => opened.promise)]);
  const play = async (): Promise<number> => {
    if (interactive) void feed(channel);
    else channel.end();
    await print(channel);
    const { exitCode, reason } = await stream.closed;
    if (exitCode === undefined) throw new Error(reason ?? "The program's exit code is not known.");
    return exitCode;
  };
  try {
    return await withTerminal({ link: stream.link, isRaw: tty && interactive, tty }, play);
  } finally {
    isOver();
    stream.end();
    process.stdin.destroy();
  }
}

/** To the end of standard input, or of the program, which need not read it all. */
async function feed(channel: Channel): Promise<void> {
  try {
    for await (const piece of process.stdin as AsyncIterable<Buffer>) await channel.write(piece);
    channel.end();
  } catch {
    // The session is over: whoever reads its output says why.
  }
}

async function print(channel: Channel): Promise<void> {
  const reader = new OutputReader();
  for await (const piece of channel) {
    for (const { source, bytes } of reader.read(piece)) await writeAll(process[source], bytes);
  }
}
