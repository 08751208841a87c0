import type { Duplex, Readable } from "node:stream";

/** Ways into containers. */
export interface ContainerStreams {
  /** Starts a program in a running container. */
  exec(dockerId: string, program: ExecProgram): Promise<RunningExec>;
  /**
   * What a container wrote, each line with its time before it. Ends with the container, or at once
   * where it is not to be followed.
   */
  logs(dockerId: string, wanted: WantedLogs): Promise<LogOutput>;
  /** Where the container's ports answer this machine; undefined where they cannot. */
  address(dockerId: string): Promise<string | undefined>;
}

export interface ExecProgram {
  readonly command: readonly string[];
  readonly tty: boolean;
}

export interface RunningExec {
  /** Its input, and its output: multiplexed by the engine where it has no terminal. */
  readonly stream: Duplex;
  resize(size: { readonly columns: number; readonly rows: number }): Promise<void>;
  /** After the end of its output. */
  exitCode(): Promise<number | undefined>;
  /** Whoever asked for it has gone: the program gets what programs get whose terminal goes away. */
  hangUp(): Promise<void>;
}

export interface WantedLogs {
  readonly follow: boolean;
  readonly tail?: number;
  /** Epoch ms: nothing older. */
  readonly since?: number;
  readonly signal: AbortSignal;
}

export interface LogOutput {
  readonly stream: Readable;
  /** It had a terminal: plain lines, and otherwise multiplexed output. */
  readonly isPlain: boolean;
}
