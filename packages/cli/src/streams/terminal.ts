import type { StreamLink } from "@berth/contracts/stream/stream-link";

interface Terminal {
  readonly link: StreamLink;
  /** Every key goes to the program as it is, Ctrl-C too. */
  readonly isRaw: boolean;
  /** The program has a terminal, which is as large as ours. */
  readonly tty: boolean;
}

/** Does the work with this terminal made the program's, and gives it back whatever happens. */
export async function withTerminal<T>(
  { link, isRaw, tty }: Terminal,
  work: () => Promise<T>,
): Promise<T> {
  const { stdin, stdout } = process;
  const tellSize = () => {
    const { columns, rows } = stdout;
    if (columns > 0 && rows > 0) link.say({ kind: "resize", columns, rows });
  };
  const wasRaw = stdin.isRaw;
  if (isRaw && stdin.isTTY) stdin.setRawMode(true);
  if (tty && stdout.isTTY) {
    stdout.on("resize", tellSize);
    tellSize();
  }
  try {
    return await work();
  } finally {
    stdout.off("resize", tellSize);
    if (isRaw && stdin.isTTY) stdin.setRawMode(wasRaw);
  }
}
